# SPDX-License-Identifier: Apache-2.0
"""Depth that alternates between two registrations is noticed, and nothing else is taken for it."""
from dataclasses import replace
from functools import cache
import itertools
import time

import numpy as np
import pytest
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from ris_ros.node.conversions import from_pixels
from ris_ros.node.frame_buffer import FrameBuffer
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.camera_effects import sensor_noise
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

RENDERER = Renderer(320, 240)
PERIOD = 1 / 30


@cache
def render(seed, sideways=0.0, things=0.0):
    """Render a scene from a place that lies some metres aside, its first thing moved as far."""
    scene = sample_scene(np.random.default_rng(seed), 'test')
    camera, (first, *others) = scene.camera, scene.objects
    moved = replace(camera, position=(camera.position[0] + sideways, *camera.position[1:]))
    first = replace(first, position=(first.position[0] + things, *first.position[1:]))
    return RENDERER.render(replace(scene, camera=moved, objects=(first, *others)))


class Camera:
    """Shows renderings of a scene, with a real camera's noise, to a frame buffer."""

    def __init__(self, seed=3):
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self.frames, self.number = FrameBuffer(), 0
        self.centre, self.aside = render(seed), render(seed, sideways=0.05)

    def show(self, picture, depth, frame_id='optical', encoding='16UC1', info=None):
        """Store an image of one rendering and the depth of another, as they arrive at 30 Hz."""
        self.number += 1
        stamp = Time(seconds=100 + self.number * PERIOD).to_msg()
        image = sensor_noise(picture.image, .005, .01, self.rng)
        noisy = add_depth_noise(depth.depth, self.rng)
        self.frames.add_colour(from_pixels(image, 'rgb8', Header(
            stamp=stamp, frame_id='optical')), 0.0)
        self.frames.add_camera(
            info or to_camera_info(picture.camera, Header(frame_id='optical')), 0.0)
        self.frames.add_depth(to_depth_image(noisy, encoding, Header(
            stamp=stamp, frame_id=frame_id)), 0.0)
        return self.frames.newest().frame


@pytest.fixture
def camera():
    return Camera()


@pytest.mark.slow
@pytest.mark.parametrize(('times', 'encoding'), [(1, '16UC1'), (1, '32FC1'), (3, '16UC1')])
def test_depth_that_alternates_between_two_viewpoints_is_not_used_and_the_reason_is_told(
        camera, times, encoding):
    for number in range(7 * times):
        frame = camera.show(camera.centre, (camera.centre, camera.aside)[number // times % 2],
                            encoding=encoding)
    assert frame.depth is None
    assert 'The depth alternates between two viewpoints: ' in frame.position_note
    assert 'its pixels jump to and fro while the image stands still' in frame.position_note
    assert camera.frames.position_fault == frame.position_note
    # As soon as it has been one of the two for a while, it is used again.
    for _ in range(24):
        frame = camera.show(camera.centre, camera.centre)
    assert frame.depth is not None
    assert camera.frames.position_fault == ''


@pytest.mark.parametrize('pixels', [4, 16])
def test_depth_that_is_shifted_in_each_second_image_is_noticed(camera, pixels):
    shifted = replace(camera.centre, depth=np.roll(camera.centre.depth, pixels, 1))
    for number in range(8):
        frame = camera.show(camera.centre, (camera.centre, shifted)[number % 2])
    assert 'alternates between two viewpoints' in frame.position_note


@pytest.mark.slow
@pytest.mark.parametrize('seed', range(3))
def test_noise_of_a_camera_that_stands_still_is_no_alternation(seed):
    camera = Camera(seed)
    for _ in range(12):
        assert camera.show(camera.centre, camera.centre).depth is not None


def test_camera_or_thing_that_really_goes_to_and_fro_is_no_alternation(camera):
    swung = render(camera.seed, things=0.15)
    for number in range(9):
        picture = (camera.centre, camera.aside)[number % 2]
        assert camera.show(picture, picture).depth is not None
    for number in range(9):
        picture = (camera.centre, swung)[number % 2]
        assert camera.show(picture, picture).depth is not None


@pytest.mark.slow
def test_camera_that_drives_past_is_no_alternation(camera):
    views = [render(camera.seed, sideways=0.02 * number) for number in range(8)]
    for view in itertools.chain(views, reversed(views)):
        assert camera.show(view, view).depth is not None


def test_depth_of_two_frames_or_sizes_by_turns_is_not_used_and_both_are_named(camera):
    for number in range(8):
        frame = camera.show(camera.centre, camera.centre, frame_id=('optical', '')[number % 2])
    assert frame.position_note == (
        "The depth images alternate between 320 x 240 pixels in '' and 320 x 240 pixels in "
        "'optical'. Does more than one node publish on the topic depth?")


def test_camera_infos_of_two_cameras_by_turns_are_not_used_and_both_are_named(camera):
    right = to_camera_info(camera.centre.camera, Header(frame_id='optical'))
    wrong = to_camera_info(replace(camera.centre.camera, fx=300.0), Header(frame_id='optical'))
    for number in range(8):
        frame = camera.show(camera.centre, camera.centre, info=(right, wrong)[number % 2])
    assert frame.depth is None
    assert 'The camera info alternates between 320 x 240 pixels with fx=300.0' in (
        frame.position_note)
    for _ in range(24):
        frame = camera.show(camera.centre, camera.centre, info=right)
    assert frame.depth is not None


def test_camera_info_that_cannot_be_used_by_turns_with_a_good_one_is_told_of(camera):
    right = to_camera_info(camera.centre.camera, Header(frame_id='optical'))
    for number in range(8):
        frame = camera.show(
            camera.centre, camera.centre,
            info=(CameraInfo(header=Header(frame_id='optical')), right)[number % 2])
    assert 'The camera info alternates between' in frame.position_note
    assert 'one that cannot be used' in frame.position_note


def test_watch_takes_less_than_a_millisecond_an_image(camera):
    messages = [to_depth_image(add_depth_noise(view.depth, camera.rng), '16UC1', Header(
        stamp=Time(seconds=number).to_msg())) for number, view in enumerate(
            [camera.centre, camera.aside] * 6)]

    def seconds():
        frames = FrameBuffer()
        start = time.thread_time()
        for message in messages:
            frames.add_depth(message, 0.0)
        return (time.thread_time() - start) / len(messages)
    assert min(seconds() for _ in range(5)) < 1e-3
