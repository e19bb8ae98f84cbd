"""Pipelines of the packaged profiles whose models have seeded random weights of the real sizes."""
from __future__ import annotations

import json
from pathlib import Path
import tempfile
from typing import TYPE_CHECKING

import open_clip
import torch

from ris_lab.benchmark.scene import SEED, random_sam
from ris_ros.encoder.backbone import Backbone, backbone_from_state
from ris_ros.encoder.encoder import Encoder
from ris_ros.language.command import Language
from ris_ros.models.registry import find_model_file
from ris_ros.pipeline import Pipeline
from ris_ros.profile import load_profile
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.sam import SamSegmenter, in_precision
from ris_ros.proposals.sam_proposer import SamProposer

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

    from ris_ros.proposals.sam2 import Sam2Segmenter

PROFILES = ('embedded', 'home', 'tabletop', 'tabletop_b32', 'robot', 'robot_edgetam')
_WITH_WEIGHTS = ('embedded', 'home')

# The quality that random weights predict says nothing. So each mask counts as good, which is the
# most that a frame can cost.
_MASKS = 25
_ALL_GOOD = {'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0, 'max_masks': _MASKS}
_PROMPTS, _SMALL_PROMPTS = 64, 4
_SMALL_CLIP = 'embedded/clip.json'
# The published image encoder; the library's default is another one, which does not fit.
_EDGETAM_ENCODER = {'model_type': 'edgetam_vision_model', 'backbone_config': {
    'model_type': 'timm_wrapper', 'architecture': 'repvit_m1', 'num_classes': 2,
    'model_args': {'in_chans': 3, 'features_only': True, 'out_indices': [0, 1, 2, 3]}}}


def random_pipeline(name: str, device: str, precision: str, small: bool = False) -> Pipeline:
    """Make the pipeline of a profile.

    Args:
        name: One of `PROFILES`; the models that come with the package keep their weights.
        device: Where the models run.
        precision: 'fp32', 'fp16' or 'bf16'.
        small: Take models of a few blocks, to try out what uses the pipeline.
    """
    if name in _WITH_WEIGHTS:
        return Pipeline.load(name, device=device, precision=precision)
    profile = load_profile(name)
    encoder = Encoder(_random_clip(_SMALL_CLIP if small else profile.architecture, device,
                                   precision), profile.encoder)
    proposer = EmbeddedProposer()
    if not name.startswith('tabletop'):
        segmenter = _edgetam(device, precision) if 'edgetam' in name else SamSegmenter(
            in_precision((_small_sam() if small else random_sam()).to(device), precision))
        proposer = SamProposer(segmenter, objects=proposer, points_per_side=8,
                               max_prompts=_SMALL_PROMPTS if small else _PROMPTS, **_ALL_GOOD)
    return Pipeline(profile, Language.load(profile.language), proposer, encoder, encoder)


def _random_clip(architecture: str, device: str, precision: str) -> Backbone:
    """Return a CLIP with random weights; a name that ends in .json is a file of the package."""
    if architecture.endswith('.json'):
        architecture = str(find_model_file(architecture))
        config = json.loads(Path(architecture).read_text(encoding='utf-8'))
    else:
        config = open_clip.get_model_config(architecture)
    torch.manual_seed(SEED)
    state = open_clip.CLIP(**config).state_dict()
    return backbone_from_state(architecture, state, device, precision=precision)


def _small_sam() -> Sam:
    """Return Segment Anything with an image encoder of two narrow blocks."""
    from segment_anything.build_sam import _build_sam
    torch.manual_seed(SEED)
    return _build_sam(32, 2, 2, [1]).eval().requires_grad_(False)


def _edgetam(device: str, precision: str) -> Sam2Segmenter:
    """Return EdgeTAM, by the way that loads it."""
    from transformers import EdgeTamConfig, EdgeTamModel

    from ris_ros.proposals.sam2 import load_edgetam
    torch.manual_seed(SEED)
    with tempfile.TemporaryDirectory() as folder:
        EdgeTamModel(EdgeTamConfig(vision_config=_EDGETAM_ENCODER)).save_pretrained(folder)
        return load_edgetam(Path(folder), device, precision)
