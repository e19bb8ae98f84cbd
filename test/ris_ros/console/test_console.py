# SPDX-License-Identifier: Apache-2.0
"""A real node and a simulated camera before a real console, over HTTP and in a real browser."""
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
import signal
import time

from console_process import (
    LOOK_MS,
    PATIENCE_MS,
    OperatorTab,
    console,
    find_chromium,
    launch_chromium,
)
import cv2
from local_servers import make_certificate
import numpy as np
from policy_checks import check
import pytest
from ros_graph import LATCHED, TIMEOUT, running
from sensor_msgs.msg import Image

from ris_ros.geometry.masks import grasp_pixel, intersection_over_union
from ris_ros.msg import Scene, SceneObject
from ris_ros.speech.recogniser import SAMPLE_RATE
from ris_ros.speech.wav_file import read_wav, write_wav

SIZE = {'width': 320, 'height': 240}
# Pictures a second: each costs the node, the console and every browser some milliseconds.
RATE = 3.0
SOUNDS = Path(__file__).parents[1] / 'speech' / 'sounds'
TOKEN = 'the token of the tests'
# STOP is answered within this time, however busy the rest is.
STOP_S = 0.2
# A click is outlined within this many times what its answer takes.
CLICK_RATIO = 6
SEVERAL = 'the thing'


class RunningRobot:
    """A camera and a node that a test may kill and start again."""

    def __init__(self, domain, client, camera):
        self.client, self.camera, self._domain = client, camera, domain
        self.labels = client.listen(Image, 'truth/labels', LATCHED)
        self._stack = ExitStack()
        self.start()
        client.wait(lambda: self.labels, 'the true labels')

    def start(self):
        """Start the node, and wait until it sees something."""
        self.node = self._stack.enter_context(
            running('ris_ros.node.ris_node', self._domain, max_image_age=60.0))
        self.client.await_active()
        self.client.wait(lambda: self.client.ask('the ball').candidates, 'an image at the node')

    def kill(self):
        """Kill the node as a crash would."""
        self.node.kill()
        self.node.wait()

    def close(self):
        """End the node."""
        self._stack.close()


@pytest.fixture(scope='module')
def robot(domain, client):
    """Run a camera and a node."""
    with running('ris_sim.node.camera', domain, seed=4, depth_noise=False, rate=RATE,
                 **SIZE) as camera:
        robot = RunningRobot(domain, client, camera)
        yield robot
        robot.close()


@pytest.fixture(scope='module')
def page(robot, domain):
    """Run a console that sees pictures."""
    client = robot.client
    with console(domain) as process:
        client.wait(lambda: process.get('/picture')[0].status == 200, 'a picture')
        client.wait(process.ready,
                    'STOP to meet the node')
        yield process


@pytest.fixture(scope='module')
def browser(tmp_path_factory):
    """Start the Chromium of the system; its microphone hears a sentence again and again."""
    playwright = pytest.importorskip('playwright.sync_api')
    path = find_chromium()
    if path is None:
        pytest.skip('There is no Chromium on this computer.')
    said = tmp_path_factory.mktemp('sound') / 'said.wav'
    write_wav(said, np.concatenate([np.zeros(SAMPLE_RATE // 2, np.int16),
                                    read_wav(SOUNDS / 'red_mug.wav'),
                                    np.zeros(2 * SAMPLE_RATE, np.int16)]))
    with playwright.sync_playwright() as driver:
        browser = launch_chromium(
            driver, path, '--host-resolver-rules=MAP robot.test 127.0.0.1',
            '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
            f'--use-file-for-fake-audio-capture={said}')
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def ann(browser, page):
    """Open the page of an operator."""
    return OperatorTab(browser, page, 'Ann')


def pixels(outlines):
    """Return the (H, W) bool mask that outlines enclose."""
    drawn = np.zeros((SIZE['height'], SIZE['width']), np.uint8)
    loops = [np.floor(np.array(outline)).astype(np.int32) for outline in outlines]
    cv2.fillPoly(drawn, loops, 1)
    return drawn.astype(bool)


def true_masks(labels):
    """Return the (H, W) bool masks of the simulated things."""
    image = np.frombuffer(labels[-1].data, np.uint8).reshape(SIZE['height'], SIZE['width'])
    return [image == label for label in np.unique(image) if label]


def test_pictures_follow_each_other_and_are_jpeg(page):
    first, data = page.get('/picture')
    assert first.headers['Content-Type'] == 'image/jpeg'
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == (240, 320, 3)
    assert first.headers['X-Size'] == '320 240'
    second, _ = page.get(f'/picture?after={first.headers["X-Number"]}')
    assert int(second.headers['X-Number']) > int(first.headers['X-Number'])


@pytest.mark.parametrize('node', ['ris_console', 'ris_console_stop'])
def test_policy_of_a_node_of_the_console_is_its_graph(robot, page, node):
    check(robot.client, node, simulated_time=False)


def test_stop_is_answered_in_time_while_a_slow_command_runs(robot, page):
    client, camera = robot.client, robot.camera
    camera.send_signal(signal.SIGSTOP)
    try:
        # A node that has just been activated waits two seconds for its first image.
        assert client.transition('deactivate')
        assert client.transition('activate')
        slow = client.ask_later('the ball')
        client.spin_for(.2)
        assert not slow.done()
        began = time.monotonic()
        status, said = page.stop()
        seconds = time.monotonic() - began
        assert (status, said['answered']) == (200, True)
        ended = client.result(slow, 'the slow command')
        assert ended.status == ended.UNKNOWN
    finally:
        camera.send_signal(signal.SIGCONT)
    client.wait(lambda: client.ask('the ball').candidates, 'an image at the node')
    assert seconds < STOP_S, said


def test_stop_is_heard_while_the_page_hangs(page):
    page.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        status, said = page.stop()
        assert time.monotonic() - began < STOP_S, said
        assert status == 200
    finally:
        page.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize('headers', [
    {'Host': 'evil.example:80'}, {'Origin': 'http://evil.example'}, {'Origin': 'null'}])
def test_another_web_page_reaches_neither_the_page_nor_stop(page, headers):
    assert page.get('/', **headers)[0].status == 403
    assert page.get('/picture', **headers)[0].status == 403
    assert page.stop(**headers)[0] == 403


def test_nothing_is_given_without_the_token(robot, domain):
    with console(domain, '--host', '0.0.0.0', RIS_CONSOLE_TOKEN=TOKEN) as locked:
        for path in ('/picture', '/console/stop.js', '/_nicegui_ws/socket.io/?EIO=4'):
            assert locked.get(path)[0].status == 401
        assert locked.stop()[0] == 401
        assert locked.get('/')[0].headers['Location'] == '/login'
        wrong, content = locked.get('/?token=wrong')
        assert (wrong.status, b'This is not the token.' in content) == (401, True)
        right, _ = locked.get(f'/?token={TOKEN.replace(" ", "+")}')
        cookie = {'Cookie': right.headers['Set-Cookie'].partition(';')[0]}
        assert locked.get('/', **cookie)[0].status == 200
        assert locked.get('/picture', **cookie)[0].status in (200, 204)
        assert locked.stop(**cookie)[0] in (200, 503)  # 503 before it has met the node


def test_over_https_the_page_asks_for_the_token_and_has_stop_and_the_microphone(
        robot, domain, browser, tmp_path):
    make_certificate(tmp_path, 'robot.test')
    with console(domain, '--certificate', str(tmp_path / 'cert.pem'),
                 '--key', str(tmp_path / 'key.pem'), RIS_CONSOLE_TOKEN=TOKEN) as locked:
        context = browser.new_context(ignore_https_errors=True)  # nobody vouches for it
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        # The name of another computer, which gets a microphone by HTTPS alone.
        tab.goto(f'https://robot.test:{locked.port}/')
        tab.fill('#token', 'not the token')
        tab.press('#token', 'Enter')
        tab.wait_for_selector('text=This is not the token.')
        tab.fill('#token', TOKEN)
        tab.press('#token', 'Enter')
        tab.wait_for_function(
            'Number(document.getElementById("picture")?.dataset.number || 0) > 0', polling=LOOK_MS)
        tab.wait_for_function('document.getElementById("operator").value', polling=LOOK_MS)
        tab.wait_for_selector('#stop[aria-label="STOP"]')  # it has met the node
        tab.keyboard.press('Escape')
        tab.wait_for_selector('#stop-state.ok')
        tab.hover('#mic')
        tab.mouse.down()
        tab.wait_for_selector('#mic.error')
        assert 'No speech node listens to this page' in tab.inner_text('#mic-state')
        context.close()


def test_a_port_that_is_taken_gives_a_sentence(page, domain, capfd):
    from ris_ros.cli.main import main
    assert main(['console', '--port', str(page.port), '--no-browser']) == 2
    assert f'cannot listen on 127.0.0.1, port {page.port}' in capfd.readouterr().err


def test_a_command_is_typed_and_its_object_outlined_at_the_right_pixels(robot, ann):
    ann.say('the ball')
    assert 'Ann' in ann.await_entry('the ball', 'found')
    ann.tab.wait_for_selector('#overlay path.object.ok', state='attached')
    drawn = pixels(ann.outline())
    assert max(intersection_over_union(drawn, mask) for mask in true_masks(robot.labels)) > .7
    # On the screen, the outline lies there, too: its box is that of the mask, scaled.
    stage, path = (ann.tab.locator(name).bounding_box()
                   for name in ('#picture', '#overlay path.object.ok'))
    rows, columns = np.nonzero(drawn)
    scale = stage['width'] / SIZE['width']
    assert abs(path['x'] - stage['x'] - scale * columns.min()) < 2 * scale
    assert abs(path['y'] - stage['y'] - scale * rows.min()) < 2 * scale
    assert abs(path['width'] - scale * np.ptp(columns)) < 3 * scale


@pytest.mark.parametrize('way', ['number', 'click', 'keyboard'])
def test_candidate_two_is_chosen(ann, way):
    ann.say(SEVERAL)
    ann.await_entry(SEVERAL, 'which one?')
    badge = '#overlay [data-number="2"]'
    ann.tab.wait_for_selector(badge, state='attached')
    second = pixels([ann.outline()[-2]])  # the best object is drawn last, over the others
    if way == 'number':
        ann.tap(badge)
    elif way == 'click':
        ann.click(*grasp_pixel(second), SIZE['width'])
    else:
        ann.press('#objects button:nth-child(2)', 'Enter')
    ann.await_entry('the second one', 'found')
    ann.tab.wait_for_selector('#overlay path.object.ok', state='attached')
    assert intersection_over_union(pixels(ann.outline()), second) > .9


def test_a_click_anywhere_means_what_is_there(robot, ann):
    ann.say('the ball')
    ann.await_entry('the ball', 'found')
    mask = max(true_masks(robot.labels), key=np.count_nonzero)
    u, v = grasp_pixel(mask)
    ann.click(u, v, SIZE['width'])
    ann.await_entry(f'click at ({u}, {v})', 'found')
    ann.tab.wait_for_selector('#overlay path.object.ok', state='attached')
    assert intersection_over_union(pixels(ann.outline()), mask) > .7


def test_a_click_is_outlined_soon_after_its_answer(robot, ann):
    # The best of some counts, and as a ratio, because machines differ and have more to do.
    pixels = [grasp_pixel(mask) for mask in true_masks(robot.labels)] * 4
    answer_s = []
    for u, v in pixels:
        began = time.perf_counter()
        answer = robot.client.grounding.ground('', TIMEOUT, region=(int(u), int(v)))
        answer_s.append(time.perf_counter() - began)
    ann.await_outline(answer.command_id)
    click_s = [ann.time_click(u, v, SIZE['width']) for u, v in pixels]
    assert min(click_s) < CLICK_RATIO * min(answer_s)


def test_a_click_on_nothing_is_answered(ann):
    ann.press('#picture', *('ArrowUp',) * 30, *('ArrowRight',) * 30, 'Enter')
    ann.await_entry('click at (319, 0)', 'not')


@pytest.mark.parametrize(('u', 'v', 'stamp', 'sentence'), [
    (9999, 5, '0 0', 'the pixel (9999, 5) is outside it'),
    (-1, 5, '0 0', 'expected a pixel'),
    (5, 5, '1000 0', 'older than')])
def test_a_click_that_cannot_be_one_is_refused_with_the_reason(ann, u, v, stamp, sentence):
    # The page itself sends none; another one of the same operator might.
    ann.note_newest()
    ann.tab.evaluate('click => emitEvent("point", click)',
                     {'text': '', 'u': u, 'v': v, 'stamp': stamp, 'command': f'{u} {stamp}'})
    ann.await_entry(f'click at ({u}, {v})', sentence)


def test_a_number_that_no_object_has_is_refused(ann):
    ann.say(SEVERAL)
    ann.await_entry(SEVERAL, 'which one?')
    ann.note_newest()
    ann.tab.evaluate("""answer => emitEvent(
        'choose', {number: 0, answer, command: 'no such number'})""",
                     ann.tab.get_attribute('#overlay svg', 'data-answer'))
    ann.await_entry('number 0', 'No object has that number')


def test_the_history_comes_back_with_the_arrow_keys(ann):
    ann.say('the ball')
    ann.say('the left ball')
    ann.await_entry('the left ball')
    for key, text in (('ArrowUp', 'the left ball'), ('ArrowUp', 'the ball'),
                      ('ArrowDown', 'the left ball'), ('ArrowDown', '')):
        ann.tab.press('#command', key)
        ann.await_truth('t => document.getElementById("command").value === t', text)


def test_ten_thousand_characters_are_answered_and_do_not_fill_the_page(ann):
    ann.say('red ' * 2500)
    entry = ann.await_entry('not understood')
    assert '(9999 characters)' in entry
    assert len(entry) < 1000


def test_stop_in_the_page_is_answered_in_time(robot, page, ann):
    ann.tab.keyboard.press('Escape')
    ann.tab.wait_for_selector('#stop-state.ok')
    page.process.send_signal(signal.SIGSTOP)  # all that the page talks to hangs, but STOP
    try:
        ann.tab.evaluate('document.getElementById("stop-state").className = ""')
        ann.tap('#stop')
        ann.tab.wait_for_selector('#stop-state.ok')
        milliseconds = float(ann.tab.get_attribute('#stop-state', 'data-milliseconds'))
    finally:
        page.process.send_signal(signal.SIGCONT)
    assert milliseconds < 1000 * STOP_S
    ann.await_entry('Ann', 'stop', 'stopped')


def test_of_what_is_held_the_newest_is_followed_and_the_rest_has_boxes(robot, ann):
    assert robot.client.set_parameter('ris_node', 'mode', 'track').successful
    ann.say('the ball')
    ann.await_entry('the ball', 'found')
    ann.tab.wait_for_selector('#scene li.held')
    other = next(mask for mask in true_masks(robot.labels)
                 if intersection_over_union(mask, pixels(ann.outline())) < .1)
    ann.click(*grasp_pixel(other), SIZE['width'])
    ann.await_entry('click at', 'found')
    ann.tab.wait_for_selector('#overlay path.runner-up', state='attached')
    ann.tab.wait_for_selector('#note:text("followed")')
    assert intersection_over_union(pixels(ann.outline()), other) > .7
    assert robot.client.set_parameter('ris_node', 'mode', 'answer').successful
    ann.tab.wait_for_selector('#note:text("outlined")')  # and not followed any more


def test_a_question_is_answered_and_its_objects_are_outlined(ann):
    ann.say('what do you see')
    ann.await_entry('what do you see', 'answered', 'I see')
    ann.tab.wait_for_selector('#overlay [data-number="2"]', state='attached')
    assert len(ann.outline()) == ann.tab.locator('#objects button').count() > 1


def test_the_things_that_the_node_remembers_are_listed(robot, ann):
    scenes = robot.client.listen(Scene, 'ris_node/scene', LATCHED)
    robot.client.wait(lambda: scenes and scenes[-1].objects, 'a scene')

    def listed():
        texts = ann.tab.locator('#scene li').all_inner_texts()
        return [int(text.split()[0]) for text in texts]
    robot.client.wait(lambda: sorted(listed()) == sorted(
        one.id for one in scenes[-1].objects), 'all of them')
    assert f'Things seen: {len(listed())}' in ann.tab.inner_text('#scene h2')


@pytest.mark.parametrize('way', ['mouse', 'keyboard'])
def test_a_thing_of_the_list_is_meant_by_its_entry(robot, ann, way):
    scenes = robot.client.listen(Scene, 'ris_node/scene', LATCHED)
    robot.client.wait(lambda: scenes and scenes[-1].objects, 'a scene')
    one = next(one for one in scenes[-1].objects if one.presence == SceneObject.VISIBLE)
    entry = f'#scene [data-thing="{one.id}"]'
    ann.tab.wait_for_selector(entry)
    if way == 'mouse':
        ann.tap(entry)
    else:
        ann.press(entry, 'Enter')
    ann.await_entry(f'thing {one.id} of the list', 'found')
    ann.tab.wait_for_selector('#overlay path.object.ok', state='attached')
    drawn = np.argwhere(pixels(ann.outline()))
    middle = np.array([one.box.y_offset + one.box.height / 2, one.box.x_offset + one.box.width / 2])
    assert np.abs(drawn.mean(axis=0) - middle).max() < max(one.box.width, one.box.height) / 4


def test_a_thing_that_is_remembered_no_more_is_refused(ann):
    ann.note_newest()
    ann.tab.evaluate('emitEvent("mean", {text: "", id: 987654, command: "by hand"})')
    ann.await_entry('thing 987654 of the list', 'It is not remembered any more')


def test_a_microphone_that_nobody_hears_says_so(ann):
    ann.tab.hover('#mic')
    ann.tab.mouse.down()
    ann.tab.wait_for_selector('#mic.error')
    ann.tab.mouse.up()
    assert 'No speech node listens to this page' in ann.tab.inner_text('#mic-state')


def test_a_speech_node_that_lacks_something_says_so(domain, ann):
    with running('ris_ros.node.speech_node', domain, source='topic', engine='whisper'):
        ann.tab.wait_for_selector('#status li.error:has-text("speech")')
        ann.tab.focus('#mic')
        ann.tab.keyboard.down('Space')
        ann.tab.wait_for_selector('#mic.error')
        ann.tab.keyboard.up('Space')
        assert 'cannot listen: ' in ann.tab.inner_text('#mic-state')
        assert 'Whisper' in ann.tab.inner_text('#mic-state')


def test_what_is_said_while_the_button_is_held_is_a_command(domain, ann):
    with running('ris_ros.node.speech_node', domain, source='topic'):
        ann.tab.wait_for_selector('#status li.ok:has-text("speech")')
        ann.note_newest()
        ann.tab.hover('#mic')
        ann.tab.mouse.down()
        ann.tab.wait_for_selector('#mic.on')
        ann.await_entry('Ann, by voice', 'give me the red mug')
        ann.tab.mouse.up()
        ann.tab.wait_for_selector('#mic[class=""]')


def test_two_operators_see_who_said_what(browser, page, ann):
    bo = OperatorTab(browser, page, 'Bo')
    bo.say('the ball on the left')
    ann.await_entry('Bo', 'the ball on the left')
    ann.say('the ball on the right')
    bo.await_entry('Ann', 'the ball on the right')
    ann.await_truth(
        """() => ['Ann', 'Bo'].every(
          name => document.querySelector('#status').innerText.includes(name))""")
    bo.context.close()


def test_a_broken_connection_keeps_the_name_and_leaves_no_command_without_an_answer(
        browser, page, ann):
    bo, text = OperatorTab(browser, page, ''), 'the ball that nobody hears of'
    page.process.send_signal(signal.SIGSTOP)
    try:
        bo.tab.fill('#operator', 'Bo')
        bo.say(text)
        bo.await_truth('!window.socket.connected')
        time.sleep(4.0)  # else the console would still read what has come in meanwhile
    finally:
        page.process.send_signal(signal.SIGCONT)
    bo.await_name('Bo')
    entry = bo.await_entry('Bo', text)
    assert 'did not come through' in entry or 'FOUND' in entry
    bo.tab.reload()
    bo.await_name('Bo')
    bo.say('the ball')
    bo.await_entry('Bo', 'the ball', 'found')
    assert bo.tab.inner_text('#transcript').count(text) == 1
    bo.context.close()


def test_ten_browsers_get_pictures_and_stop_at_once(browser, page, ann):
    # Four real ones, and six that ask for the same as these do.
    tabs = [OperatorTab(browser, page, '') for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        watched = [pool.submit(page.watch, 5) for _ in range(6)]
        for tab in (*tabs, ann):
            tab.await_picture()
            assert tab.errors == []
        status, said = page.stop()
        assert (status, said['answered']) == (200, True)
        for numbers in watched:
            assert sorted(set(numbers.result(TIMEOUT))) == numbers.result()
    names = {tab.tab.input_value('#operator') for tab in tabs}
    assert len(names) == 3
    for tab in tabs:
        tab.context.close()


def test_the_open_page_lives_through_the_end_of_the_node_and_its_return(robot, page, ann):
    robot.kill()
    ann.tab.wait_for_selector('#stop.dead')
    ann.await_truth('document.getElementById("trouble").innerText.includes("not there")')
    ann.tab.wait_for_selector('#overlay svg', state='detached')
    ann.tab.wait_for_selector('#scene li', state='detached')
    ann.say('the ball')
    ann.await_entry('the ball', 'ris_node is not there')
    assert page.stop()[0] == 503
    robot.start()
    ann.tab.wait_for_selector('#stop:not(.dead)')
    ann.await_picture()
    ann.say('the ball')
    ann.await_entry('Ann', 'the ball', 'found')
    assert ann.outline()


def test_nothing_comes_from_elsewhere(page, ann):
    own = tuple(f'http://127.0.0.1:{port}/' for port in (page.port, page.stop_port))
    assert [address for address in ann.addresses
            if not address.startswith((*own, 'blob:', 'data:'))] == []
    assert ann.errors == []
