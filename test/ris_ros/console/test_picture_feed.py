# SPDX-License-Identifier: Apache-2.0
"""Pictures for the page: the newest one, once for all browsers, at a limited rate."""
import asyncio
import time

import cv2
import numpy as np
import pytest
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from ris_ros.console.pictures import PictureFeed, encode
from ris_ros.node.conversions import from_pixels


def raw(brightness, width=64, height=48):
    """Return a serialized image of one grey."""
    return serialize_message(from_pixels(np.full((height, width, 3), brightness, np.uint8), 'rgb8',
                                         Header()))


def grey(picture):
    """Return the mean brightness of a JPEG."""
    return cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_COLOR).mean()


def test_only_the_newest_picture_is_shown_and_waits_for_no_older_one():
    async def look():
        feed = PictureFeed(60)
        for brightness in (10, 90, 200):
            feed.keep(raw(brightness))
        return await feed.next(0, 5)
    picture = asyncio.run(look())
    assert picture.number == 3
    assert abs(grey(picture) - 200) < 2


@pytest.mark.slow
def test_all_browsers_get_the_same_picture_and_the_rate_is_kept():
    async def look():
        feed = PictureFeed(20)
        seen = [[] for _ in range(5)]

        async def browse(numbers):
            while time.monotonic() < end:
                if picture := await feed.next(numbers[-1].number if numbers else 0, .1):
                    numbers.append(picture)

        async def film():
            while time.monotonic() < end:
                feed.keep(raw(99))
                await asyncio.sleep(.002)
        end = time.monotonic() + 1
        await asyncio.gather(film(), *map(browse, seen))
        return seen
    seen = asyncio.run(look())
    pictures = {id(picture) for numbers in seen for picture in numbers}
    assert 1 < len(pictures) <= 21
    assert all(len(numbers) <= 21 for numbers in seen)
    assert all([p.number for p in numbers] == sorted({p.number for p in numbers})
               for numbers in seen)


def test_nothing_is_shown_before_an_image_comes_and_it_wakes_who_waits():
    async def look():
        feed = PictureFeed(60)
        assert await feed.next(0, .05) is None
        waiting = asyncio.create_task(feed.next(0, 5))
        await asyncio.sleep(.01)
        await asyncio.to_thread(feed.keep, raw(7))
        return await waiting
    assert asyncio.run(look()).number == 1


def test_an_image_that_cannot_be_read_is_told_and_the_next_one_is_shown():
    async def look():
        feed = PictureFeed(60)
        feed.keep(serialize_message(Image(height=2, width=2, encoding='plaid')))
        assert await feed.next(0, .1) is None
        assert 'plaid' in feed.trouble
        feed.keep(raw(50))
        assert await feed.next(0, 5) is not None
        assert feed.trouble == ''
    asyncio.run(look())


def test_a_large_picture_is_scaled_and_keeps_the_pixels_of_the_camera():
    picture = encode(1, raw(50, 2560, 1440))
    assert (picture.width, picture.height) == (2560, 1440)
    small = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_COLOR)
    assert small.shape == (720, 1280, 3)
