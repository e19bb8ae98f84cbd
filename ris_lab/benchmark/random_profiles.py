# SPDX-License-Identifier: Apache-2.0
"""Profiles whose models have seeded random weights, saved in the formats that are published.

They are loaded as any profile is. The cost of a model does not depend on its weights, and
pretrained ones cannot be had everywhere.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.torch import save_file
import torch
import yaml

from ris_lab.benchmark.random_sam3 import save_random_sam3
from ris_lab.benchmark.scene import SEED, random_sam
from ris_ros.encoder.clip_library import CLIP, model_config
from ris_ros.models.model_folder import import_transformers
from ris_ros.models.registry import find_model_file
from ris_ros.profile import PROFILES as PACKAGED

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PROFILES = ('embedded', 'home', 'tabletop', 'tabletop_b32', 'robot', 'robot_edgetam',
            'open')
_WITH_WEIGHTS = ('embedded', 'home')

# The quality that random weights predict says nothing. So each mask counts as good and none as a
# duplicate, which is the most that a frame can cost.
_MASKS = 25
_ALL_GOOD = {'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0, 'box_nms_thresh': 2.0,
             'max_masks': _MASKS}
_ALL_CONCEPTS = {'concept_thresh': 0.0}
_SMALL_PROMPTS = 4
_SMALL_CLIP = 'embedded/clip.json'
# The published image encoder; the library's default is another one, which does not fit.
_EDGETAM_ENCODER = {'model_type': 'edgetam_vision_model', 'backbone_config': {
    'model_type': 'timm_wrapper', 'architecture': 'repvit_m1', 'num_classes': 2,
    'model_args': {'in_chans': 3, 'features_only': True, 'out_indices': [0, 1, 2, 3]}}}
# SAM 2.1 with a few narrow blocks, for pictures of 128 pixels. It stands in for SAM where small
# models are asked for, because a checkpoint of SAM is always one of three large ones.
_SMALL_SIDE, _SMALL_WIDTH, _SMALL_CHANNELS = 128, 32, [8, 16, 32, 64]
_SMALL_SAM2 = {
    'vision_config': {
        'model_type': 'sam2_vision_model', 'fpn_hidden_size': _SMALL_WIDTH,
        'backbone_channel_list': _SMALL_CHANNELS[::-1],
        'backbone_feature_sizes': [[32, 32], [16, 16], [8, 8]],
        'backbone_config': {
            'model_type': 'sam2_hiera_det_model', 'hidden_size': 8, 'num_attention_heads': 1,
            'image_size': [_SMALL_SIDE, _SMALL_SIDE], 'blocks_per_stage': [1, 1, 2, 1],
            'embed_dim_per_stage': _SMALL_CHANNELS, 'num_attention_heads_per_stage': [1, 1, 2, 2],
            'window_size_per_stage': [8, 4, 4, 2], 'global_attention_blocks': [3],
            'window_positional_embedding_background_size': [4, 4]}},
    'prompt_encoder_config': {'hidden_size': _SMALL_WIDTH, 'image_size': _SMALL_SIDE,
                              'mask_input_channels': 16},
    'mask_decoder_config': {'hidden_size': _SMALL_WIDTH, 'mlp_dim': _SMALL_WIDTH,
                            'num_attention_heads': 2, 'iou_head_hidden_dim': _SMALL_WIDTH}}


def write_random_profile(name: str, folder: Path, small: bool = False) -> str:
    """Write a profile beside random weights for all its models.

    Args:
        name: One of `PROFILES`; the models that come with the package keep their weights.
        folder: Where the files go.
        small: Take models of a few blocks, to try out what uses the profile.

    Returns:
        What `Pipeline.load` takes: the path of the profile, or the name of one with weights.
    """
    if name in _WITH_WEIGHTS:
        return name
    folder.mkdir(parents=True, exist_ok=True)
    settings = yaml.safe_load((PACKAGED / f'{name}.yaml').read_text(encoding='utf-8'))
    encoder, proposals = settings['encoder'], settings['proposals']
    if small:
        encoder['architecture'] = _SMALL_CLIP
    encoder['weights'] = str(_save_clip(encoder['architecture'], folder))
    if proposals['source'] == 'sam3':
        proposals |= {'weights': str(save_random_sam3(folder / 'sam3', small)), **_ALL_CONCEPTS}
    elif proposals['source'] != 'embedded':
        proposals |= _ALL_GOOD | _save_segmenter(proposals['source'], folder, small)
        if proposals['source'] != 'sam':
            proposals.pop('model_type', None)
        if small:
            proposals['max_prompts'] = _SMALL_PROMPTS
    path = folder / f'{name}.yaml'
    path.write_text(yaml.safe_dump(settings), encoding='utf-8')
    return str(path)


def _save_clip(architecture: str, folder: Path) -> Path:
    """Save a CLIP; a name that ends in .json is a file of the package."""
    path = folder / f'{Path(architecture).stem}.safetensors'
    if architecture.endswith('.json'):
        config = json.loads(find_model_file(architecture).read_text(encoding='utf-8'))
    else:
        config = model_config(architecture)
    torch.manual_seed(SEED)
    save_file(CLIP(**config).state_dict(), path)
    return path


def _save_segmenter(source: str, folder: Path, small: bool) -> dict[str, object]:
    """Save the model of a source, and return the options that name it."""
    if source == 'edgetam':
        return {'weights': str(_save_folder(_edgetam(), folder / 'edgetam'))}
    if small:
        return {'source': 'sam2', 'weights': str(_save_folder(_small_sam2(), folder / 'sam2'))}
    torch.save(random_sam().state_dict(), folder / 'sam.pth')
    return {'weights': str(folder / 'sam.pth')}


def _save_folder(model: PreTrainedModel, folder: Path) -> Path:
    """Save a model as the library does, and return its folder."""
    model.save_pretrained(folder)
    return folder


def _edgetam() -> PreTrainedModel:
    """Return EdgeTAM."""
    library = import_transformers()
    torch.manual_seed(SEED)
    return library.EdgeTamModel(library.EdgeTamConfig(vision_config=_EDGETAM_ENCODER))


def _small_sam2() -> PreTrainedModel:
    """Return a small SAM 2.1."""
    library = import_transformers()
    torch.manual_seed(SEED)
    return library.Sam2Model(library.Sam2Config(**_SMALL_SAM2))
