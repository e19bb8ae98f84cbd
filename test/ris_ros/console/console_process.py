# SPDX-License-Identifier: Apache-2.0
"""The console as a process, and its pages in the Chromium of the system."""
from contextlib import contextmanager
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys

from ros_graph import TIMEOUT

PATIENCE_MS = 60_000
# How often a page is looked at; Playwright would draw it anew for each look, 60 times a second.
LOOK_MS = 50
# A window's address bar has two popups, each in a process of its own. The others are of those that
# Playwright switches off itself, because this list takes the place of its own.
_SWITCHED_OFF = (
    'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'AimEnabled',
    'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose',
    'HttpsFirstBalancedModeAutoEnable', 'HttpsUpgrades', 'NetworkTimeServiceQuerying',
    'OptimizationHints', 'PaintHolding', 'PreconnectToSearch', 'ThirdPartyStoragePartitioning')


# Clicks into the picture, and returns the milliseconds until another object is outlined.
TIME_CLICK = """([u, v, width]) => new Promise(done => {
  const stage = document.getElementById('picture').getBoundingClientRect();
  const overlay = document.getElementById('overlay');
  const before = overlay.querySelector('svg')?.dataset.answer;
  const began = performance.now();
  const watch = new MutationObserver(() => {
    const svg = overlay.querySelector('svg');
    if (svg && svg.dataset.answer !== before && svg.querySelector('path.object.ok')) {
      watch.disconnect();
      requestAnimationFrame(() => done(performance.now() - began));
    }
  });
  watch.observe(overlay, {childList: true, subtree: true});
  const scale = stage.width / width;
  document.getElementById('picture').dispatchEvent(new MouseEvent('click', {
    bubbles: true, clientX: stage.left + (u + .5) * scale, clientY: stage.top + (v + .5) * scale}));
})"""


class ConsoleProcess:
    """A running console.

    Attributes:
        process: It.
        port: Of the page.
        stop_port: Of STOP.
        is_encrypted: Whether it is served by HTTPS.
    """

    def __init__(self, process, port, stop_port, is_encrypted):
        self.process, self.port, self.stop_port = process, port, stop_port
        self.is_encrypted = is_encrypted

    @property
    def address(self):
        """The page's address."""
        return f'http://127.0.0.1:{self.port}/'

    def get(self, path, **headers):
        """Ask for something, and return the answer and its content."""
        return self._ask('GET', self.port, path, headers)

    def watch(self, count):
        """Ask for pictures as a browser does; return their numbers."""
        numbers = [0]
        while len(numbers) <= count:
            answer, _ = self.get(f'/picture?after={numbers[-1]}')
            if answer.status == 200:
                numbers.append(int(answer.headers['X-Number']))
        return numbers

    def ready(self):
        """Return whether STOP would be heard."""
        return json.loads(self._ask('GET', self.stop_port, '/ready', {})[1])['ready']

    def stop(self, **headers):
        """Press STOP; return the status and what it says."""
        answer, content = self._ask('POST', self.stop_port, '/stop', headers)
        return answer.status, json.loads(content)

    def _ask(self, method, port, path, headers):
        if self.is_encrypted:
            connection = http.client.HTTPSConnection(
                '127.0.0.1', port, timeout=TIMEOUT, context=ssl._create_unverified_context())
        else:
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=TIMEOUT)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def console(domain, *arguments, **variables):
    """Run a console on free ports; end it with Ctrl-C, and require that it ends well."""
    process = subprocess.Popen(
        [sys.executable, '-u', '-m', 'ris_ros.cli.main', 'console', '--port', '0', '--no-browser',
         *arguments], env={**os.environ, 'ROS_DOMAIN_ID': str(domain), **variables},
        stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        scheme, port, stop_port = re.search(
            r'(https?)://.*:(\d+)/ \(STOP has port (\d+)\)', line).groups()
        yield ConsoleProcess(process, int(port), int(stop_port), scheme == 'https')
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def find_chromium():
    """Return the path of Chromium, or None."""
    return next(filter(None, map(shutil.which, ('chromium', 'chromium-browser',
                                                'google-chrome'))), None)


def launch_chromium(driver, path, *arguments):
    """Start the Chromium at a path without what the pages do not need."""
    return driver.chromium.launch(executable_path=path, args=[
        '--no-sandbox', f'--disable-features={",".join(_SWITCHED_OFF)}', *arguments])


class OperatorTab:
    """A page of the console in a browser of its own, which shares nothing with the others."""

    def __init__(self, browser, console, name):
        self.context = browser.new_context(viewport={'width': 1100, 'height': 800})
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(PATIENCE_MS)
        self.addresses, self.errors = set(), []
        self._before = None  # the newest entry before something was said or clicked
        self.tab.on('request', self._note_request)
        self.tab.on('pageerror', self._note_error)
        self.tab.goto(console.address)
        self.await_picture()
        self.await_truth('document.getElementById("operator").value')
        if name:
            self.tab.fill('#operator', name)
            self.await_name(name)

    def _note_request(self, request):
        self.addresses.add(request.url)

    def _note_error(self, error):
        self.errors.append(str(error))

    def await_truth(self, expression, argument=None):
        """Wait until an expression or a function of JavaScript is true in the page."""
        self.tab.wait_for_function(expression, arg=argument, polling=LOOK_MS)

    def await_name(self, name):
        """Wait until the page lists an operator."""
        self.await_truth(
            'name => document.getElementById("status").innerText.includes(name)', name)

    def await_picture(self):
        """Wait until a picture is shown that is newer than the present one."""
        self.await_truth(
            'n => Number(document.getElementById("picture")?.dataset.number || 0) != n',
            self.tab.evaluate(
                'Number(document.getElementById("picture")?.dataset.number || 0)'))

    def say(self, text):
        """Type a command, and send it."""
        self.note_newest()
        self.tab.fill('#command', text)
        self.tab.press('#command', 'Enter')

    def click(self, u, v, width):
        """Click on a pixel of the camera's image, whose width is given."""
        self.note_newest()
        stage = self.tab.locator('#picture').bounding_box()
        scale = stage['width'] / width
        self.tab.mouse.click(stage['x'] + (u + .5) * scale, stage['y'] + (v + .5) * scale)

    def time_click(self, u, v, width):
        """Click on a pixel; return the seconds until what is there is outlined."""
        return self.tab.evaluate(TIME_CLICK, [int(u), int(v), width]) / 1000

    def await_outline(self, answer):
        """Wait until the objects of an answer are outlined, whose id is given."""
        self.await_truth(
            'id => document.querySelector("#overlay svg")?.dataset.answer === id', answer)

    def tap(self, selector):
        """Click on a part of the page."""
        self.note_newest()
        self.tab.click(selector)

    def press(self, selector, *keys):
        """Go to a part of the page, and press keys."""
        self.note_newest()
        self.tab.focus(selector)
        for key in keys:
            self.tab.keyboard.press(key)

    def await_entry(self, *parts):
        """Wait for an entry that is newer than what was said or clicked here, and return it.

        parts: texts that it holds.
        """
        self.await_truth(
            """([before, parts]) => {
              const entry = document.querySelector('#transcript li');
              return entry && entry.dataset.id !== before && parts.every(
                part => entry.innerText.toLowerCase().includes(part.toLowerCase()));
            }""", [self._before, parts])
        return self.tab.inner_text('#transcript li:first-child')

    def note_newest(self):
        """Remember the newest entry, so that a newer one can be waited for."""
        self._before = self.tab.evaluate(
            'document.querySelector("#transcript li")?.dataset.id ?? null')

    def outline(self):
        """Return the points of the outlined object, pixels of the camera's image."""
        paths = self.tab.eval_on_selector_all('#overlay path.object',
                                              'all => all.map(path => path.getAttribute("d"))')
        return [[tuple(map(float, point.split())) for point in re.split('[MLZ]', path) if point]
                for path in paths]
