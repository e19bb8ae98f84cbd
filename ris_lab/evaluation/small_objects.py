"""How much is left of small objects on the token grid, for each way to make token masks.

    python -m ris_lab.evaluation.small_objects --profile embedded
    python -m ris_lab.evaluation.small_objects --profile paper --weights clip.safetensors

prints, for discs of 20 to 100 pixels in 640 x 480 ones: the share of discs whose token mask is not
all zeros (all others share one global feature, whatever they show), and how far the features of
two different discs are apart.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks
from ris_ros.pipeline import Pipeline

DIAMETERS = (20, 30, 40, 60, 80, 100)
SIZE = (480, 640)
WAYS: dict[str, Callable[[np.ndarray, int], torch.Tensor]] = {
    'sampled (paper)': lambda masks, grid: sampled_token_masks(masks, grid, antialias=False),
    'sampled, antialias': lambda masks, grid: sampled_token_masks(masks, grid, antialias=True),
    'peak': peak_token_masks,
}


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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--profile', default='embedded')
    parser.add_argument('--architecture', default='', help="CLIP in place of the profile's")
    parser.add_argument('--weights', default='', help="its weights in place of the profile's")
    parser.add_argument('--discs', type=int, default=400, help='for the shares [%(default)s]')
    args = parser.parse_args()
    encoder = Pipeline.load(args.profile, architecture=args.architecture,
                            weights=args.weights).encoder
    grid = encoder.backbone.grid
    print(f'| pixels | {" | ".join(f"{way}: seen, distance" for way in WAYS)} |')
    print('| --- ' * (len(WAYS) + 1) + '|')
    image = _textured_image(np.random.default_rng(0))
    for diameter in DIAMETERS:
        masks = draw_discs(diameter, args.discs, np.random.default_rng(diameter))
        cells = []
        for make in WAYS.values():
            distance = median_distance(_global_features(encoder, image, make(masks[:24], grid)))
            cells.append(f'{share_seen(make(masks, grid)):.2f}, {distance:.4f}')
        print(f'| {diameter} | {" | ".join(cells)} |', flush=True)


def _global_features(encoder: Encoder, image: np.ndarray, token_masks: torch.Tensor) -> np.ndarray:
    """Return the (N, D) global features of token masks."""
    nothing = np.zeros((0, *SIZE), bool)
    inputs = replace(encoder.inputs(image, nothing), token_masks=token_masks)
    return encoder.visual_parts(inputs)[0].numpy()


def _textured_image(rng: np.random.Generator) -> np.ndarray:
    """Return a (480, 640, 3) uint8 picture of coloured patches, different everywhere."""
    patches = rng.integers(0, 256, (12, 16, 3), np.uint8)
    return patches.repeat(40, axis=0).repeat(40, axis=1)


if __name__ == '__main__':
    main()
