# SPDX-License-Identifier: Apache-2.0
"""Labels, bands, pictures and highlights laid over the things of a finished picture.

The renderer's things are mostly of one colour. Packages, bottles and books have print on them, and
light leaves bright spots: neither ends a thing.
"""
from __future__ import annotations

import cv2
import numpy as np

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX,
          cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
_LETTERS = np.array(list('ABCDEFGHIKLMNOPRSTUVWXYZabcdefghiklmnoprstuvwxyz0123456789&'))
# Sides of a drawn label in pixels.
_SIDES = (48, 120)
_LEAST_PIXELS = 60


def draw_label(rng: np.random.Generator) -> np.ndarray:
    """Draw a (H, W, 3) uint8 RGB label: a ground with text, bars, discs, a barcode, a picture."""
    height, width = (int(side) for side in rng.integers(*_SIDES, 2))
    label = np.empty((height, width, 3), np.uint8)
    label[:] = ink(rng)
    draws = (_draw_text, _draw_text, _draw_bar, _draw_disc, _draw_barcode, _draw_picture)
    for _ in range(int(rng.integers(1, 7))):
        draws[int(rng.integers(len(draws)))](label, rng)
    return label


def ink(rng: np.random.Generator) -> tuple[int, int, int]:
    """Draw an RGB colour of print: often white or black, else mostly strong."""
    draw = rng.random()
    if draw < 0.35:
        return (int(rng.integers(215, 256)),) * 3
    if draw < 0.5:
        return (int(rng.integers(5, 45)),) * 3
    hue, saturation, value = rng.integers(180), rng.integers(60, 256), rng.integers(60, 256)
    colour = cv2.cvtColor(np.uint8([[[hue, saturation, value]]]), cv2.COLOR_HSV2RGB)[0, 0]
    return tuple(colour.tolist())


def _draw_text(label: np.ndarray, rng: np.random.Generator) -> None:
    """Write one to four lines of letters."""
    height, width = label.shape[:2]
    size = rng.uniform(0.25, 1.6)
    row, column = rng.integers(height), rng.integers(-8, max(1, width // 2))
    colour, font = ink(rng), _FONTS[int(rng.integers(len(_FONTS)))]
    for line in range(int(rng.integers(1, 5))):
        text = ''.join(rng.choice(_LETTERS, int(rng.integers(2, 14))))
        place = int(column), int(row + line * 26 * size)
        cv2.putText(label, text, place, font, size, colour, int(rng.integers(1, 4)), cv2.LINE_AA)


def _draw_bar(label: np.ndarray, rng: np.random.Generator) -> None:
    """Lay a bar across, along or aslant."""
    height, width = label.shape[:2]
    ends = rng.integers(-10, max(height, width) + 10, 4).tolist()
    if rng.random() < 0.7:
        ends = [0, ends[1], width, ends[1]] if rng.random() < 0.6 else [ends[0], 0, ends[0], height]
    cv2.line(label, ends[:2], ends[2:], ink(rng), int(rng.integers(3, 40)), cv2.LINE_AA)


def _draw_disc(label: np.ndarray, rng: np.random.Generator) -> None:
    """Lay an ellipse, filled or as a ring."""
    centre = rng.integers(0, label.shape[1]), rng.integers(0, label.shape[0])
    axes = rng.integers(4, 45, 2).tolist()
    line = -1 if rng.random() < 0.7 else int(rng.integers(2, 7))
    cv2.ellipse(label, tuple(int(place) for place in centre), axes, float(rng.uniform(0, 180)), 0,
                360, ink(rng), line, cv2.LINE_AA)


def _draw_barcode(label: np.ndarray, rng: np.random.Generator) -> None:
    """Lay black lines on white."""
    height, width = int(rng.integers(10, 30)), int(rng.integers(16, 44))
    bars = np.where(rng.random(width) < 0.5, 20, 240).astype(np.uint8)
    row, column = (int(rng.integers(max(1, side - length)))
                   for side, length in zip(label.shape[:2], (height, width), strict=True))
    part = label[row:row + height, column:column + width]
    part[:] = bars[None, :part.shape[1], None]


def _draw_picture(label: np.ndarray, rng: np.random.Generator) -> None:
    """Lay a blotchy picture of some colours over a part."""
    height, width = (int(rng.uniform(0.25, 1.0) * side) for side in label.shape[:2])
    cells = rng.integers(2, 9, 2)
    blotches = cv2.resize(rng.uniform(0, 255, (*cells, 3)).astype(np.float32), (width, height),
                          interpolation=cv2.INTER_CUBIC if rng.random() < 0.7
                          else cv2.INTER_NEAREST)
    row, column = (int(rng.integers(side - length + 1))
                   for side, length in zip(label.shape[:2], (height, width), strict=True))
    label[row:row + height, column:column + width] = np.clip(blotches, 0, 255)


def lay_label(image: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay a label over a thing of a picture, in place, in the thing's own light.

    Args:
        image: (H, W, 3) uint8 RGB.
        mask: (H, W) bool, the thing.
        rng: Draws the label and its place.

    Returns:
        (H, W) bool, what the label covers.
    """
    covered = np.zeros_like(mask)
    if np.count_nonzero(mask) < _LEAST_PIXELS:
        return covered
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    window = np.s_[y:y + height, x:x + width]
    part, inside = image[window], mask[window]
    quad = _quad(inside, rng)
    label = draw_label(rng)
    corners = np.float32([[0, 0], [label.shape[1], 0], label.shape[1::-1], [0, label.shape[0]]])
    warp = cv2.getPerspectiveTransform(corners, quad)
    laid = cv2.warpPerspective(label, warp, (width, height), flags=cv2.INTER_AREA,
                               borderMode=cv2.BORDER_REPLICATE)
    shape = np.zeros((height, width), np.uint8)
    if rng.random() < 0.2:  # a round label
        middle, radii = quad.mean(0), np.ptp(quad, axis=0) / 2
        cv2.ellipse(shape, (tuple(middle.tolist()), tuple((2 * radii).tolist()), 0.0), 255, -1)
    else:
        cv2.fillConvexPoly(shape, np.rint(quad).astype(np.int32), 255, cv2.LINE_AA)
    alpha = (shape.astype(np.float32) / 255 * inside)[..., None]
    alpha *= np.float32(rng.uniform(0.75, 1.0))
    part[:] = part + (np.clip(laid * _light_on(part, inside, image, rng), 0, 255) - part) * alpha
    covered[window] = alpha[..., 0] > 0.4
    return covered


def _quad(inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the (4, 2) float32 corners of a band, a label or a cover along a thing's axes."""
    rows, columns = np.nonzero(inside)
    points = np.column_stack([columns, rows]).astype(np.float32)
    if rng.random() < 0.65:
        corners = cv2.boxPoints(cv2.minAreaRect(points))
    else:
        (left, top), (right, bottom) = points.min(0), points.max(0) + 1
        corners = np.float32([[left, top], [right, top], [right, bottom], [left, bottom]])
    # Corners in a random order of sides; the first side is mostly the longer one.
    lengths = np.linalg.norm(corners - np.roll(corners, -1, 0), axis=1)
    if (lengths[0] < lengths[1]) == (rng.random() < 0.8):
        corners = np.roll(corners, 1, 0)
    kind = rng.random()
    along = across = (-0.05, 1.05)
    if kind < 0.45:  # a band across the thing
        along = _span(rng, 0.2, 0.65)
    elif kind < 0.85:
        along, across = _span(rng, 0.25, 0.85), _span(rng, 0.3, 0.9)
    spots = np.float32([[along[0], across[0]], [along[1], across[0]],
                        [along[1], across[1]], [along[0], across[1]]])
    spots += rng.uniform(-0.04, 0.04, (4, 2)).astype(np.float32)
    quad = (corners[0] + spots[:, :1] * (corners[1] - corners[0])
            + spots[:, 1:] * (corners[3] - corners[0]))
    return np.roll(quad, int(rng.integers(4)), 0).astype(np.float32)


def _span(rng: np.random.Generator, least: float, most: float) -> tuple[float, float]:
    """Draw a piece of 0..1 of a length between two."""
    length = rng.uniform(least, most)
    start = rng.uniform(0, 1 - length)
    return start, start + length


def _light_on(part: np.ndarray, inside: np.ndarray, image: np.ndarray,
              rng: np.random.Generator) -> np.ndarray:
    """Return (h, w, 1) factors: the thing's shading, and how bright white is in the picture."""
    gray = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32) + 8
    smooth = cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.6, 2.0))
    shading = np.clip(smooth / smooth[inside].mean(), 0.35, 1.7)
    white = np.percentile(image[::8, ::8].max(-1), 95) / 255
    return (shading * np.float32(rng.uniform(0.7, 1.05) * max(white, 0.35)))[..., None]


def lay_highlights(image: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> None:
    """Lay one to three bright spots over a thing of a picture, in place: lamps and windows."""
    if np.count_nonzero(mask) < _LEAST_PIXELS:
        return
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    part, inside = (whole[y:y + height, x:x + width] for whole in (image, mask))
    rows, columns = np.nonzero(inside)
    spots = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(len(rows)))
        size = np.maximum(2, rng.uniform(0.04, 0.3, 2) * np.sqrt(len(rows)))
        box = ((float(columns[place]), float(rows[place])), tuple(size.tolist()),
               float(rng.uniform(0, 180)))
        if rng.random() < 0.6:
            cv2.ellipse(spots, box, float(rng.uniform(0.5, 1.0)), -1)
        else:
            cv2.fillConvexPoly(spots, np.rint(cv2.boxPoints(box)).astype(np.int32),
                               float(rng.uniform(0.5, 1.0)))
    soft = cv2.GaussianBlur(spots, (0, 0), float(np.exp(rng.uniform(-0.7, 1.6))))
    alpha = (soft * inside)[..., None]
    light = np.float32(rng.uniform(215, 256)) * rng.uniform(0.93, 1.0, 3).astype(np.float32)
    part[:] = part + (light - part) * alpha


def print_on_things(image: np.ndarray, masks: list[np.ndarray], rng: np.random.Generator,
                    label_share: float, highlight_share: float) -> None:
    """Lay labels and highlights over some things of a picture, in place.

    Args:
        image: (H, W, 3) uint8 RGB.
        masks: (H, W) bool, one of each thing.
        rng: To draw with.
        label_share: Share of the things that get one to three labels.
        highlight_share: Share of the things that get highlights.
    """
    for mask in masks:
        if rng.random() < label_share:
            for _ in range(int(rng.integers(1, 4))):
                lay_label(image, mask, rng)
        if rng.random() < highlight_share:
            lay_highlights(image, mask, rng)
