# SPDX-License-Identifier: Apache-2.0
"""How much of small objects is left on a CLIP's token grid, for each way to make token masks."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks

DIAMETERS = (20, 30, 40, 60, 80, 100)
SIZE = (480, 640)
# The features of every two of these are compared.
DISCS_COMPARED = 24
WAYS: dict[str, Callable[[np.ndarray, int], torch.Tensor]] = {
    'sampled (paper)': lambda masks, grid: sampled_token_masks(masks, grid, antialias=False),
    'sampled, antialias': lambda masks, grid: sampled_token_masks(masks, grid, antialias=True),
    'peak': peak_token_masks,
}


def measure_small_objects(encoder: Encoder, discs: int) -> None:
    """Print how small discs fare in pictures of 640 x 480 pixels.

    A row is for one diameter, a column for one way to make token masks.  Each cell has the share of
    discs whose token mask is not all zeros (all others share one global feature, whatever they
    show), and the median distance, 1 - cosine, of the global features of two discs.

    Args:
        encoder: With the CLIP whose grid is used.
        discs: Number, for the shares.
    """
    grid = encoder.backbone.grid
    print(f'| pixels | {" | ".join(f"{way}: seen, distance" for way in WAYS)} |')
    print('| --- ' * (len(WAYS) + 1) + '|')
    image = _textured_image(np.random.default_rng(0))
    for diameter in DIAMETERS:
        masks = draw_discs(diameter, discs, np.random.default_rng(diameter))
        cells = []
        for make in WAYS.values():
            distance = median_distance(
                _global_features(encoder, image, make(masks[:DISCS_COMPARED], grid)))
            cells.append(f'{share_seen(make(masks, grid)):.2f}, {distance:.4f}')
        print(f'| {diameter} | {" | ".join(cells)} |', flush=True)


def draw_discs(diameter: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return (count, 480, 640) bool masks of whole discs anywhere in the picture."""
    rows, columns = np.ogrid[:SIZE[0], :SIZE[1]]
    y = rng.uniform(diameter / 2, SIZE[0] - diameter / 2, count)[:, None, None]
    x = rng.uniform(diameter / 2, SIZE[1] - diameter / 2, count)[:, None, None]
    return (rows - y) ** 2 + (columns - x) ** 2 <= diameter ** 2 / 4


def share_seen(token_masks: torch.Tensor) -> float:
    """Return the share of (N, G, G) token masks that are not all zeros."""
    return float((token_masks.amax(dim=(1, 2)) > 0).float().mean())


def median_distance(features: np.ndarray) -> float:
    """Return the median of 1 - cosine over the pairs of (N, D) features."""
    units = features / np.linalg.norm(features, axis=1, keepdims=True)
    first, second = np.triu_indices(len(units), 1)
    return float(np.median(1 - (units[first] * units[second]).sum(axis=1)))


def _global_features(encoder: Encoder, image: np.ndarray, token_masks: torch.Tensor) -> np.ndarray:
    """Return the (N, D) global features of token masks."""
    nothing = np.zeros((0, *SIZE), bool)
    inputs = replace(encoder.inputs(image, nothing), token_masks=token_masks)
    return encoder.visual_parts(inputs)[0].numpy()


def _textured_image(rng: np.random.Generator) -> np.ndarray:
    """Return a (480, 640, 3) uint8 picture of coloured patches, different everywhere."""
    patches = rng.integers(0, 256, (12, 16, 3), np.uint8)
    return patches.repeat(40, axis=0).repeat(40, axis=1)
