# SPDX-License-Identifier: Apache-2.0
"""Each step of a camera's pipeline does what it says, and seeds decide."""
from dataclasses import fields

import numpy as np
import pytest

from ris_sim.rendering.camera_pipeline import CameraPipeline, sample_camera_pipeline


def gray(level=128, shape=(60, 80)):
    return np.full((*shape, 3), level, np.uint8)


def rng():
    return np.random.default_rng(0)


def test_a_perfect_camera_changes_nothing():
    image = rng().integers(0, 256, (40, 60, 3), dtype=np.uint8)
    taken = CameraPipeline().photograph(image, rng())
    assert np.abs(taken.astype(int) - image).max() <= 1


def test_a_wrong_white_balance_tints_gray():
    warm = CameraPipeline(gains=(1.2, 1.0, .8)).photograph(gray(), rng())
    red, green, blue = warm.reshape(-1, 3).mean(axis=0)
    assert red > green + 8 > blue + 16


@pytest.mark.parametrize('blur', [{'defocus': 1.5}, {'scale': .5}, {'motion': (5.0, 0.0)},
                                  {'motion': (5.0, 0.0), 'rolling': True}])
def test_blur_and_a_coarse_sensor_soften_edges(blur):
    image = gray(30)
    image[:, 40:] = 220
    taken = CameraPipeline(**blur).photograph(image, rng())
    steps = np.abs(np.diff(taken[..., 0].astype(int), axis=1)).max(axis=1)
    assert steps[-20:].max() < 150
    assert taken.shape == image.shape


def test_sharpening_overshoots_at_edges():
    image = gray(80)
    image[:, 40:] = 160
    taken = CameraPipeline(sharpening=1.5).photograph(image, rng())
    assert taken[:, 39].max() < 75
    assert taken[:, 40].min() > 165


def test_noise_and_its_colour_grow_with_their_settings():
    plain = CameraPipeline(shot_noise=.02).photograph(gray(), rng()).astype(float)
    blotchy = CameraPipeline(shot_noise=.02, chroma_noise=.04).photograph(gray(), rng())
    assert plain.std() > 1
    assert (blotchy[..., 0] - blotchy[..., 2].astype(float)).std() > 1.2 * (
        plain[..., 0] - plain[..., 2]).std()


def test_corners_are_darker_than_the_middle():
    taken = CameraPipeline(vignette=.5).photograph(gray(200), rng())
    assert taken[0, 0, 0] < taken[30, 40, 0] - 20


def test_the_same_seed_gives_the_same_camera_and_picture():
    image = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    takes = []
    for seed in (3, 3, 4):
        generator = np.random.default_rng(seed)
        takes.append(sample_camera_pipeline(generator).photograph(image, generator))
    np.testing.assert_array_equal(takes[0], takes[1])
    assert (takes[0] != takes[2]).any()


def test_drawn_cameras_differ_in_every_step():
    drawn = [sample_camera_pipeline(np.random.default_rng(seed)) for seed in range(60)]
    for field in fields(CameraPipeline):
        assert len({getattr(camera, field.name) for camera in drawn}) > 1, field.name
    image = gray()
    levels = [camera.photograph(image, rng()).mean() for camera in drawn]
    assert np.percentile(levels, 90) - np.percentile(levels, 10) > 30
