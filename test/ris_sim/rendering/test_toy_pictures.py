# SPDX-License-Identifier: Apache-2.0
"""The pictures of style TOY are those of the day when style HOME came, kept beside this test."""
from pathlib import Path

import numpy as np

from ris_ros.image_files import read_image
from ris_sim.rendering.camera_effects import photograph
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

KEPT = Path(__file__).parent / 'toy_pictures.png'
# From left to right: image, labels, photograph, and measured depth in centimetres.
WIDTH, HEIGHT = 96, 72


def test_the_same_seeds_give_the_same_pictures_as_ever():
    rows = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        rendering = Renderer(WIDTH, HEIGHT).render(sample_scene(rng, 'test'))
        measured = add_depth_noise(rendering.depth, rng, rendering.shiny)
        taken = photograph(rendering.image, rng)
        depth = np.rint(measured * 100).clip(0, 255).astype(np.uint8)
        assert not rendering.background.any()
        rows.append(np.hstack([rendering.image, gray(rendering.labels), taken, gray(depth)]))
    drawn, kept = np.vstack(rows).astype(int), read_image(KEPT).astype(int)
    different = np.abs(drawn - kept).max(axis=2) > 0
    # Processors round sums of different length differently; a pixel in a thousand may tell.
    assert different.mean() < .001


def gray(channel):
    return np.repeat(channel[..., None], 3, axis=2)
