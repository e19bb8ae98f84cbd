# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser, where one is installed."""
import json
import shutil

import cv2
from label_tab import serving
import numpy as np
import pytest

from ris_lab.labelling.outlines import outline_of
from ris_ros.image_files import read_image


class OneBall:
    """Outlines of what the pictures hold, without a model."""

    def of(self, picture):
        """Return an outline around the red ball, and that of the ball."""
        image = read_image(picture.path).astype(int)
        ball = image[..., 0] - image[..., 1] > 90
        around = cv2.dilate(ball.astype(np.uint8), np.ones((9, 9))) > 0
        return [outline_of(around), outline_of(ball)]


@pytest.fixture
def page():
    """Return an empty page of a headless Chromium."""
    playwright = pytest.importorskip('playwright.sync_api')
    path = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser',
                                                'google-chrome'))), None)
    if path is None:
        pytest.skip('There is no Chromium.')
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=['--no-sandbox'])
        page = browser.new_page(viewport={'width': 1200, 'height': 760})
        page.set_default_timeout(120_000)
        errors = []

        def note(error):
            errors.append(error)

        page.on('pageerror', note)
        yield page
        browser.close()
    assert not errors


def at(page, u, v):
    """Return the screen position of a pixel of the picture."""
    room = page.locator('#overlay').bounding_box()
    return room['x'] + (u + .5) * room['width'] / 80, room['y'] + (v + .5) * room['height'] / 60


def message(page, text):
    page.wait_for_function(
        'text => document.getElementById("message").textContent.includes(text)', arg=text)


def test_a_person_labels_by_click_by_drag_and_as_absent(page, folder):
    with serving(folder, OneBall()) as tab:
        page.goto(f'http://127.0.0.1:{tab.port}/')
        page.wait_for_selector('.outline', state='attached')
        page.mouse.click(*at(page, 22, 31))
        ball = page.evaluate('box')
        page.mouse.click(*at(page, 22, 31))
        left, top, right, bottom = ball
        assert page.evaluate('box') == [left - 4, top - 4, right + 4, bottom + 4]
        page.mouse.click(*at(page, 22, 31))
        assert page.evaluate('box') == ball
        page.keyboard.type('the red ball')
        page.keyboard.press('Enter')
        message(page, 'Saved: the red ball')
        page.keyboard.type('the green dragon')
        page.keyboard.press('Enter')
        message(page, 'Click an outline or drag a box first')
        page.keyboard.press('Control+Enter')
        message(page, 'Saved: the green dragon')
        page.keyboard.press('PageDown')
        page.wait_for_function('document.getElementById("place").textContent.includes("2 of 2")')
        page.wait_for_selector('.outline', state='attached')
        page.mouse.move(*at(page, 38, 18))
        page.mouse.down()
        page.mouse.move(*at(page, 50, 30))
        page.mouse.move(*at(page, 62, 42))
        page.mouse.up()
        page.mouse.click(*at(page, 52, 33))
        page.keyboard.type('the ball here')
        page.keyboard.press('Enter')
        message(page, 'Saved: the ball here')
        page.keyboard.press('PageUp')
        page.wait_for_function('document.querySelectorAll("#list li").length == 2')
        page.locator('#list button').first.click()
        message(page, 'Removed: the red ball')
    first, second = json.loads((folder / 'pictures.json').read_text())
    assert first['expressions'] == [{'text': 'the green dragon', 'kind': 'absent', 'box': None}]
    assert second['expressions'] == [{'text': 'the ball here', 'box': [38, 18, 63, 43],
                                      'visible_point': [52, 33]}]


def test_a_second_tab_is_told_and_shows_what_the_first_saved(page, folder):
    with serving(folder) as tab:
        page.goto(f'http://127.0.0.1:{tab.port}/')
        page.wait_for_function('labels.version')
        version = tab.ask('/labels/0')[1]['version']
        tab.ask('/labels/0', {'version': version,
                              'expressions': [{'text': 'of the other tab', 'box': None}]})
        page.keyboard.type('mine')
        page.keyboard.press('Control+Enter')
        message(page, 'Another tab has changed')
        page.wait_for_function('document.querySelectorAll("#list li").length == 1')
        page.keyboard.press('Control+Enter')
        message(page, 'Saved: mine')
        assert [one['text'] for one in tab.ask('/labels/0')[1]['expressions']] == [
            'of the other tab', 'mine']
