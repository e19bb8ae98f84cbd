# SPDX-License-Identifier: Apache-2.0
"""What works on boxes, groups or tables gives exactly what the plain way gives."""
import cv2
import numpy as np
import pytest

from ris_ros.proposals.filtering import components, is_object_sized
from ris_ros.proposals.learned import Maps
from ris_ros.proposals.parting import cut
from ris_ros.proposals.plane import _members
from ris_ros.proposals.ranking import best_masks
from ris_ros.proposals.refining import colour_space
from ris_ros.proposals.resizing import resized_mask
from ris_ros.proposals.rgb import _SAME_IOU, _STRIDE, _filled_components, _overlaps

SIZE = (120, 160)


@pytest.fixture(params=range(3))
def noise(request):
    """Return (H, W) float32 in 0..1 of soft blobs, some of them at the picture's border."""
    values = np.random.default_rng(request.param).normal(size=SIZE).astype(np.float32)
    smooth = cv2.GaussianBlur(values, (0, 0), 4)
    return (smooth - smooth.min()) / np.ptp(smooth)


def plain_cut(boundary, inside, most, width, min_pixels):
    core = (inside & (boundary < most)).view(np.uint8)
    if width:
        core = cv2.erode(core, cv2.getStructuringElement(
            cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1)))
    count, seeds, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= max(4, min_pixels // (1 + width))
    kept[0] = False
    seeds = np.where(kept[seeds], seeds, 0)
    seeds[~inside] = count + 1
    grown = cv2.watershed(cv2.merge([(255 * boundary).astype(np.uint8)] * 3), seeds)
    parts = [cv2.dilate((grown == number).view(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
             & inside for number in np.flatnonzero(kept)]
    return [part for part in parts if np.count_nonzero(part) >= min_pixels]


def same(ours, plain):
    assert len(ours) == len(plain) > 0
    return all(np.array_equal(one, other) for one, other in zip(ours, plain, strict=True))


@pytest.mark.parametrize('width', [0, 1])
def test_parts(noise, width):
    assert same(cut(noise, noise < 0.7, 0.5, width, 30),
                plain_cut(noise, noise < 0.7, 0.5, width, 30))


@pytest.mark.parametrize(('seed', 'width'), [(0, 0), (1, 1), (2, 0), (3, 1)])
def test_parts_of_what_leaves_much_of_the_picture_empty(seed, width):
    random = np.random.default_rng(seed)
    smooth = [cv2.GaussianBlur(random.random((100, 140)).astype(np.float32), (0, 0), sigma)
              for sigma in (5, 2)]
    inside = smooth[0] > 0.5
    inside[:, 90:] = inside[:5] = False
    boundary = np.clip(5 * np.abs(smooth[1] - 0.5), 0, 1)
    plain = plain_cut(boundary, inside, 0.2, width, 12)
    assert len(plain) > 2
    assert same(cut(boundary, inside, 0.2, width, 12), plain)


def test_enlarged_masks(noise):
    for mask in components(noise > 0.55, 5):
        whole = cv2.resize(255 * mask.view(np.uint8), None, fx=2, fy=2) > 127
        assert np.array_equal(resized_mask(mask, (240, 320)), whole)


def test_the_size_of_objects(noise):
    masks = [mask for least in (0.3, 0.5, 0.6) for mask in components(noise > least, 1)]
    for most in (1, 2):
        plain = []
        for mask in masks:
            borders = sum(map(np.any, (mask[0], mask[-1], mask[:, 0], mask[:, -1])))
            plain.append(0.0006 <= mask.mean() <= 0.25 and (
                borders <= most or mask.mean() < 0.05))
        assert [is_object_sized(mask, most) for mask in masks] == plain
        assert {True, False} == set(plain)


def test_overlaps_of_regions_that_may_agree(noise):
    regions = [region for least in np.arange(0.3, 0.7, 0.02)
               for region in _filled_components((noise > least).view(np.uint8))]
    assert len(regions) > 64  # more than are compared at a time
    masks = np.stack([region.mask(SIZE) for region in regions])
    assert masks.sum((1, 2)).tolist() == [region.area for region in regions]
    flat = masks[:, ::_STRIDE, ::_STRIDE].reshape(len(masks), -1).astype(int)
    plain, ours = flat @ flat.T, _overlaps(regions, SIZE)
    areas = plain.diagonal()
    alike = plain > _SAME_IOU * np.maximum(areas[:, None] + areas - plain, 1)
    assert np.array_equal(ours[alike], plain[alike])
    assert np.array_equal(ours.diagonal(), areas)
    assert np.all((ours == plain) | (ours == 0))


def test_colours(noise):
    image = (255 * np.stack([noise, noise[::-1], noise[:, ::-1]], 2)).astype(np.uint8)
    lab = cv2.cvtColor(cv2.medianBlur(image, 3), cv2.COLOR_RGB2LAB)
    assert np.array_equal(colour_space(image), lab.astype(np.float32) * np.float32([0.5, 1, 1]))


def test_points_near_planes():
    random = np.random.default_rng(4)
    points, normals = random.normal(size=(500, 3)), random.normal(size=(37, 3))
    tolerance, offsets = random.uniform(0.1, 0.3, 500), random.normal(size=37)
    plain = (np.abs(points @ normals.T + offsets) < tolerance[:, None]).sum(0)
    assert _members(points, tolerance, normals, offsets) == plain.tolist()


def test_masks_that_are_offered_twice_change_nothing(noise):
    rows, columns = np.indices(SIZE, np.float32)
    maps = Maps(noise, 1 - noise, noise, columns + noise, rows - noise, None)
    masks = components(noise > 0.5, 30)
    once = best_masks(masks, maps, 10, 0.0)
    assert len(once) > 1
    assert best_masks([*masks, *(mask.copy() for mask in masks)], maps, 10, 0.0) == once
