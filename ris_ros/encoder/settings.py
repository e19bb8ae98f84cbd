# SPDX-License-Identifier: Apache-2.0
"""The options of the visual and text encoders; a profile sets each of them."""
from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ris_ros.errors import ModelError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)

# Share of the global feature with which each data set was evaluated (Yu et al., CVPR 2023).
PAPER_GLOBAL_WEIGHT = MappingProxyType({'refcoco': 0.95, 'refcoco+': 0.95, 'refcocog': 0.85})

_CHOICES = {'preprocessing': ('paper', 'square'), 'token_masks': ('sampled', 'peak'),
            'background': ('mean', 'blur', 'dim')}


@dataclass(frozen=True)
class EncoderSettings:
    """How an image, masks and words are turned into features; the defaults are the paper's.

    Attributes:
        preprocessing: 'paper' (Yu et al., CVPR 2023: short side 800, the crop is the box of the
            mask, squashed) or 'square' (one resize; square crops with a margin keep proportions).
        token_masks: 'sampled' (the paper's bilinear resize) or 'peak' (area averages scaled to a
            peak of 1, so that a small object never vanishes from the token grid).
        background: What a crop shows outside its mask: the 'mean' colour, a 'blur' of the picture,
            or the picture 'dim', with little contrast about the mean colour ('square' only).
        antialias: Whether the paper's tensor resizes have a low-pass filter; the published run
            has none.
        mean: Normalisation of the RGB image in 0..1; also the fill of square crops.
        std: Normalisation of the RGB image in 0..1.
        short_side: Pixels of the first resize ('paper' only).
        crop_margin: Side of a square crop over the longer side of the box ('square' only).
        masked_blocks: Number of last ViT blocks before each of which the token mask is applied.
        global_weight: Share v of the global feature, ``v * global + (1 - v) * local``.
        phrase_weight: Share of the noun phrase in the text feature.
        templates: Prompts around each text, with '{}' in its place. The features of several are
            averaged (Radford et al., ICML 2021).
        negative_weight: Share of the mean score of negative phrases that is taken off a score (Suo
            et al., EMNLP Findings 2023).
        negative_phrases: What the object never is; a command's anchors are negatives, too.
        heat_map_weight: Share w of a heat map of the text over the picture, ``(1 - w) * cosine +
            w * heat``, where heat is the mean inside a mask less the mean outside (HybridGL: .6).
        unit_features: Whether every feature is scaled to length 1 before it is mixed.
        batch_size: Masks in one forward pass.
    """

    preprocessing: Literal['paper', 'square'] = 'paper'
    token_masks: Literal['sampled', 'peak'] = 'sampled'
    background: Literal['mean', 'blur', 'dim'] = 'mean'
    antialias: bool = False
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    short_side: int = 800
    crop_margin: float = 1.12
    masked_blocks: int = 3
    global_weight: float = 0.95
    phrase_weight: float = 0.5
    templates: tuple[str, ...] = ('{}',)
    negative_weight: float = 0.0
    negative_phrases: tuple[str, ...] = ()
    heat_map_weight: float = 0.0
    unit_features: bool = False
    batch_size: int = 32

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ModelError(f"The encoder's {name} is {getattr(self, name)!r}; expected "
                                 f'one of {", ".join(map(repr, choices))}.')
        if not self.templates or not all(text.count('{}') == 1 for text in self.templates):
            raise ModelError(f"The encoder's templates are {self.templates!r}; expected one or "
                             "more texts with '{}' once in each.")
        if self.background != 'mean' and self.preprocessing == 'paper':
            how = {'blur': 'blurred', 'dim': 'dim'}[self.background]
            raise ModelError(f"The paper's preprocessing has no {how} background; choose "
                             "preprocessing 'square' or background 'mean'.")
