"""The options of the visual and text encoders; a profile sets each of them."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ris_ros.errors import ModelError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class EncoderSettings:
    """How an image, masks and words are turned into features.

    preprocessing: 'paper' (Yu et al., CVPR 2023: short side 800, box crops, sampled token masks)
        or 'square' (square crops with a margin, area-averaged token masks scaled to a peak of 1,
        so that a small object never vanishes from the token grid).
    antialias: low-pass filter tensor resizes ('paper' only; the published run has it off).
    mean, std: normalisation of the RGB image in 0..1; the mean is also the fill colour.
    short_side: pixels of the first resize ('paper' only).
    crop_margin: side of a square crop over the longer box side ('square' only).
    masked_blocks: the token mask is applied before each of that many last ViT blocks.
    global_weight: share v of the global feature, ``v * global + (1 - v) * local``.
    phrase_weight: share of the noun phrase in the text feature.
    unit_features: scale every feature to length 1 before it is mixed.
    batch_size: masks per forward pass.
    """

    preprocessing: Literal['paper', 'square'] = 'paper'
    antialias: bool = False
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    short_side: int = 800
    crop_margin: float = 1.12
    masked_blocks: int = 3
    global_weight: float = 0.95
    phrase_weight: float = 0.5
    unit_features: bool = False
    batch_size: int = 32

    def __post_init__(self) -> None:
        if self.preprocessing not in ('paper', 'square'):
            raise ModelError(f"The encoder's preprocessing is {self.preprocessing!r}; "
                             "expected 'paper' or 'square'.")
