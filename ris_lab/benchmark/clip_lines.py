# SPDX-License-Identifier: Apache-2.0
"""The lines of the encoder: ViT-B/32 with random weights, 50 masks of a 640 x 480 picture."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from ris_lab.benchmark import plain_clip, plain_views
from ris_lab.benchmark.line import Agreement, Line
from ris_lab.benchmark.scene import draw_masks, draw_picture
from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.inputs import VisualInputs, visual_inputs
from ris_ros.encoder.paper_views import masked_crops
from ris_ros.encoder.settings import CLIP_MEAN, CLIP_STD, EncoderSettings
from ris_ros.encoder.square_views import square_views
from ris_ros.encoder.text import encode_tokens
from ris_ros.encoder.token_masks import peak_token_masks
from ris_ros.encoder.visual import global_features, local_features
from ris_ros.geometry.masks import bounding_boxes

MASKS = 50
PROMPTS = ('pick up the small red cup to the left of the white bowl near the edge of the table',
           'the small red cup')
SIZE = (480, 640)
_SQUARE = EncoderSettings(preprocessing='square', token_masks='peak', mean=CLIP_MEAN, std=CLIP_STD)
Views = tuple[torch.Tensor, torch.Tensor, np.ndarray]
# The straightforward way repeats the same for each mask, so it is measured on this number of them.
_PLAIN = 8


def largest_difference(ours: torch.Tensor, plain: torch.Tensor, limit: float) -> Agreement:
    """Compare by the largest absolute difference, at most ``limit``."""
    return Agreement('largest difference', float((ours - plain).abs().max()), limit)


def least_cosine(ours: torch.Tensor, plain: torch.Tensor, limit: float = 0.999) -> Agreement:
    """Compare features by their smallest cosine, at least ``limit``."""
    cosine = torch.nn.functional.cosine_similarity(ours.float(), plain.float(), dim=-1)
    return Agreement('cosine', float(cosine.min()), limit)


@dataclass(frozen=True, eq=False)
class _Stage:
    """An encoder and its inputs.

    Attributes:
        backbone: The CLIP.
        settings: Of the encoder.
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool.
        inputs: Crops and token masks of these.
        few: Number of masks that the straightforward way does.
    """

    backbone: Backbone
    settings: EncoderSettings
    image: np.ndarray
    masks: np.ndarray
    inputs: VisualInputs
    few: int

    def whole(self, backbone: Backbone) -> torch.Tensor:
        return global_features(backbone, self.inputs.global_input, self.inputs.token_masks,
                               self.settings.masked_blocks, self.settings.batch_size)

    def plain_whole(self) -> torch.Tensor:
        return plain_clip.global_features(self.backbone, self.inputs.global_input,
                                          self.inputs.token_masks[:self.few],
                                          self.settings.masked_blocks)

    def local(self, backbone: Backbone) -> torch.Tensor:
        return local_features(backbone, self.inputs.local_inputs[:self.few],
                              self.settings.batch_size)

    def plain_local(self) -> torch.Tensor:
        return plain_clip.local_features(self.backbone, self.inputs.local_inputs[:self.few])


def clip_lines(backbone: Backbone, few: int = _PLAIN) -> list[Line]:
    """Return the lines of global and local features, crops, token masks, boxes and texts.

    Args:
        backbone: A CLIP ViT-B/32.
        few: Number of masks that the straightforward way does.
    """
    settings = EncoderSettings()
    image, masks = draw_picture(*SIZE), draw_masks(MASKS, *SIZE)
    stage = _Stage(backbone, settings, image, masks, visual_inputs(
        image, masks, backbone.size, backbone.grid, settings), few)
    share = few / MASKS
    tokens = backbone.tokenizer(list(PROMPTS))
    source = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
    lines = [
        Line('global features, 50 masks, ViT-B/32', lambda: stage.whole(backbone),
             stage.plain_whole, at_least=15, plain_share=share,
             agree=lambda ours, plain: largest_difference(ours[:few], plain, 1e-5),
             note=f'one whole pass for each mask, measured on {few}'),
        Line('local features, 50 crops, ViT-B/32', lambda: stage.local(backbone),
             stage.plain_local, plain_share=share, ours_share=share,
             agree=_exact,
             note=f'one by one, measured on {few} crops'),
        Line('crops, token masks, boxes, 50 masks',
             lambda: _views(image, masks, backbone), lambda: _plain_views(image, masks, backbone),
             at_least=8, agree=_views_agree,
             note='whole pictures in Pillow and torch, one mask after the other; crops agree '
             'up to the filter, the rest exactly'),
        Line("the paper's crops, 50 masks",
             lambda: masked_crops(source, masks, backbone.size, antialias=False),
             lambda: plain_views.paper_crops(source, masks, backbone.size),
             agree=_exact, note='whole pictures in torch'),
        Line('text, 2 prompts', lambda: encode_tokens(backbone, tokens),
             lambda: plain_clip.text_features(backbone, PROMPTS),
             agree=_exact, note='in the full context, one by one'),
    ]
    return [*lines, _repeated_phrase(backbone)]


def precision_lines(backbone: Backbone, other: Backbone, name: str) -> list[Line]:
    """Return the lines of features in another precision, against straightforward fp32.

    Args:
        backbone: In fp32.
        other: The same CLIP in the other precision.
        name: Of that precision.
    """
    few, share = _PLAIN, _PLAIN / MASKS
    settings = EncoderSettings()
    image, masks = draw_picture(*SIZE), draw_masks(MASKS, *SIZE)
    stage = _Stage(backbone, settings, image, masks, visual_inputs(
        image, masks, backbone.size, backbone.grid, settings), few)
    kinds: dict[str, tuple[Callable, Callable, float]] = {
        'global': (stage.whole, stage.plain_whole, 1.0),
        'local': (stage.local, stage.plain_local, share)}
    return [
        Line(f'{kind} features, {name}', lambda ours=ours: ours(other), plain,
             plain_share=share, ours_share=ours_share,
             agree=lambda ours, plain: least_cosine(ours[:few], plain),
             note='against one by one in fp32')
        for kind, (ours, plain, ours_share) in kinds.items()]


def _repeated_phrase(backbone: Backbone) -> Line:
    """Return the line of a text that was encoded before."""
    encoder = Encoder(backbone, _SQUARE)
    encoder.text(*PROMPTS)
    return Line('a repeated phrase', lambda: encoder.text(*PROMPTS),
                lambda: Encoder(backbone, encoder.settings).text(*PROMPTS), most_ms=2,
                note='against encoding it again')


def _exact(ours: torch.Tensor, plain: torch.Tensor) -> Agreement:
    """Compare features that should be equal up to rounding."""
    return largest_difference(ours, plain, 1e-5)


def _views(image: np.ndarray, masks: np.ndarray, backbone: Backbone) -> Views:
    """Return crops, token masks and boxes, our way."""
    return (square_views(image, masks, backbone.size, _SQUARE)[1],
            peak_token_masks(masks, backbone.grid), bounding_boxes(masks))


def _plain_views(image: np.ndarray, masks: np.ndarray, backbone: Backbone) -> Views:
    """Return the same, the straightforward way."""
    return (plain_views.pil_crops(image, masks, backbone.size, _SQUARE),
            plain_views.peak_token_masks(masks, backbone.grid), plain_views.boxes(masks))


def _views_agree(ours: Views, plain: Views) -> Agreement:
    """Compare crops by their cosine, because their filters differ; the rest must be equal."""
    equal = np.allclose(ours[1], plain[1], atol=1e-5) and np.array_equal(ours[2], plain[2])
    agreement = least_cosine(ours[0].flatten(1), plain[0].flatten(1), 0.98)
    return agreement if equal else replace(agreement, found=0.0)
