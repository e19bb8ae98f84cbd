# SPDX-License-Identifier: Apache-2.0
"""Features in chunks are those of one pass, and those that are kept stay."""
from dataclasses import replace

import numpy as np
import pytest

from ris_ros.chunks import no_pause
from ris_ros.encoder.encoding import encode
from ris_ros.pipeline import Pipeline


@pytest.fixture(scope='module')
def encoder():
    return Pipeline.load('embedded').encoder


@pytest.fixture(scope='module')
def scene():
    """Return a noise image and five masks."""
    image = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    masks = np.zeros((5, 60, 80), bool)
    for number, mask in enumerate(masks):
        mask[5 + 5 * number:25 + 6 * number, 10 * number:10 * number + 25] = True
    return image, masks


def test_any_chunk_size_gives_the_features_of_one_pass(encoder, scene):
    whole = encoder.visual(*scene).numpy()
    pauses = []
    for size in (1, 2, 5, 32):
        small = replace(encoder, settings=replace(encoder.settings, batch_size=size))
        pauses.clear()
        encoding = encode(small, *scene, None, None, lambda: pauses.append(1))
        np.testing.assert_allclose(encoding.features, whole, atol=1e-5)
        assert (len(pauses), encoding.reused) == (-(-5 // size), 0)


@pytest.mark.parametrize('size', [2, 32])
def test_rows_that_are_kept_keep_their_local_features_and_get_new_global_ones(
        encoder, scene, size):
    encoder = replace(encoder, settings=replace(encoder.settings, batch_size=size))
    image, masks = scene
    first = encode(encoder, image, masks, None, None, no_pause)
    kept = first.mask_features.at(np.array([0, 2, 3]))
    order = [0, 2, 3, 1, 4]
    second = encode(encoder, image, masks[order], kept, None, no_pause)
    np.testing.assert_allclose(second.features, first.features[order], atol=1e-5)
    assert second.reused == 3
    other = encode(encoder, 255 - image, masks[order], kept, None, no_pause)
    assert (other.mask_features.local[:3] == kept.local).all()
    assert not np.allclose(other.features[:3], first.features[[0, 2, 3]], atol=1e-3)


def test_crop_that_looks_as_before_takes_its_feature_and_another_does_not(encoder, scene):
    image, masks = scene
    first = encode(encoder, image, masks, None, None, no_pause)
    noisy = np.clip(image + np.random.default_rng(1).normal(0, 2, image.shape), 0, 255)
    noisy = noisy.astype(np.uint8)
    again = encode(encoder, noisy, masks, None, first.mask_features, no_pause)
    assert again.reused == 5
    assert (again.mask_features.local == first.mask_features.local).all()
    assert (again.mask_features.thumbnails == first.mask_features.thumbnails).all()
    changed = image.copy()
    changed[10:20, 5:15] = 255 - changed[10:20, 5:15].mean(axis=(0, 1)).astype(np.uint8)
    assert encode(encoder, changed, masks[:1], None, first.mask_features, no_pause).reused == 0


def test_no_masks(encoder, scene):
    encoding = encode(encoder, scene[0], scene[1][:0], None, None, no_pause)
    assert encoding.features.shape == (0, encoder.visual(*scene).shape[1])
