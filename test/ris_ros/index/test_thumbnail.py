# SPDX-License-Identifier: Apache-2.0
"""What counts as a change in a picture, and what does not."""
import numpy as np
import pytest

from ris_ros.frame import Frame
from ris_ros.index.thumbnail import changed_blocks, combined, thumbnail
from ris_sim.rendering.camera_effects import jpeg, sensor_noise
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene


@pytest.fixture(scope='module')
def rendering():
    return Renderer().render(sample_scene(np.random.default_rng(7), 'test'))


def shot(rendering, seed, image=None, depth=None, quality=None):
    """Return what a noisy camera makes of a picture."""
    rng = np.random.default_rng(seed)
    image = sensor_noise(rendering.image if image is None else image, .01, .018, rng)
    depth = add_depth_noise(rendering.depth if depth is None else depth, rng, rendering.shiny)
    return Frame(image if quality is None else jpeg(image, quality), depth, rendering.camera)


def changed(one, other):
    return changed_blocks(thumbnail(other), thumbnail(one))


@pytest.mark.parametrize('quality', [None, 85])
def test_noise_of_a_still_camera_is_no_change(rendering, quality):
    first = shot(rendering, 0, quality=quality)
    for seed in range(1, 6):
        assert not changed(first, shot(rendering, seed, quality=quality)).any()


def test_depth_of_a_block_is_the_mean_of_its_valid_pixels_where_most_are(rendering):
    rng = np.random.default_rng(3)
    depth = rng.uniform(.4, 3, (480, 640)).astype(np.float32)
    for hole in (0, np.nan, np.inf, -np.inf, -1):
        depth[rng.random(depth.shape) < .06] = hole
    depth[:48, :80] = np.nan
    sampled = depth[2::4, 2::4].reshape(60, 2, 80, 2).swapaxes(1, 2).reshape(60, 80, 4)
    valid = np.isfinite(sampled) & (sampled > 0)
    mean = np.where(valid, sampled, 0).sum(2) / np.maximum(valid.sum(2), 1)
    wanted = np.where(valid.mean(2) >= .6, mean, 0)
    assert 0 < (wanted == 0).mean() < .5
    np.testing.assert_allclose(thumbnail(Frame(rendering.image, depth)).depth, wanted, rtol=1e-6)


@pytest.mark.parametrize('place', [(200, 300), (205, 303), (211, 307)])
def test_small_thing_of_another_colour_is_a_change_there(rendering, place):
    image = rendering.image.copy()
    row, column = place
    patch = image[row:row + 13, column:column + 13]  # the smallest proposal has 184 pixels
    patch[:] = np.where(patch > 127, patch - 14, patch + 14)
    blocks = changed(shot(rendering, 0), shot(rendering, 1, image))
    rows, columns = np.nonzero(blocks)
    assert len(rows)
    assert set(rows) <= set(range(row // 8, (row + 13) // 8 + 1))
    assert set(columns) <= set(range(column // 8, (column + 13) // 8 + 1))


def test_thing_that_only_depth_sees_is_a_change_both_when_it_comes_and_when_it_goes(rendering):
    depth = rendering.depth.copy()
    where = np.s_[192:240, 288:336]
    depth[where] -= .1
    for frames in ((shot(rendering, 0), shot(rendering, 1, depth=depth)),
                   (shot(rendering, 0, depth=depth), shot(rendering, 1))):
        rows, columns = np.nonzero(changed(*frames))
        assert len(rows)
        assert (abs(rows - 27) < 4).all()
        assert (abs(columns - 39) < 4).all()


def test_light_that_falls_slowly_counts_in_the_end(rendering):
    then = thumbnail(shot(rendering, 0))
    for number, share in enumerate(np.linspace(1, .8, 21)):
        image = (rendering.image * share).astype(np.uint8)
        now = thumbnail(shot(rendering, number, image))
        if changed_blocks(now, then).any():
            assert .9 < share < 1
            return
        then = combined(now, then, np.zeros(then.depth.shape, bool))
    raise AssertionError('never')


@pytest.mark.parametrize('size', [(480, 640), (1080, 1920), (50, 3), (1, 1)])
def test_any_size_with_depth_holes_or_none(size):
    image = np.random.default_rng(0).integers(0, 100, (*size, 3), dtype=np.uint8)
    for depth in (None, np.zeros(size, np.float32), np.full(size, np.nan, np.float32)):
        one = thumbnail(Frame(image, depth))
        assert not changed_blocks(one, one).any()
        assert changed_blocks(thumbnail(Frame(image + np.uint8(50), depth)), one).all()
