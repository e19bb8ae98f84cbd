# SPDX-License-Identifier: Apache-2.0
"""SAM 3 with seeded random weights, and CLIP's tokenizer as its folder has it."""
from __future__ import annotations

from pathlib import Path

import torch

from ris_lab.benchmark.scene import SEED
from ris_ros.encoder.clip_library import SimpleTokenizer
from ris_ros.models.model_folder import import_transformers

_WIDTH = 32
_BLOCK = {'hidden_size': _WIDTH, 'num_attention_heads': 2, 'intermediate_size': _WIDTH}
# A few narrow blocks, for pictures of 112 pixels.
_SMALL = {
    'vision_config': {
        'model_type': 'sam3_vision_model', 'fpn_hidden_size': _WIDTH,
        'backbone_feature_sizes': [[32, 32], [16, 16], [8, 8]],
        'backbone_config': {
            'model_type': 'sam3_vit_model', **_BLOCK, 'num_hidden_layers': 2, 'image_size': 112,
            'patch_size': 14, 'window_size': 4, 'global_attn_indexes': [1],
            'pretrain_image_size': 56}},
    'text_config': {
        'model_type': 'clip_text_model', 'vocab_size': 49408, 'hidden_size': 16,
        'intermediate_size': 16, 'projection_dim': 16, 'num_hidden_layers': 1,
        'num_attention_heads': 2, 'max_position_embeddings': 32, 'hidden_act': 'gelu'},
    'geometry_encoder_config': {**_BLOCK, 'num_layers': 1},
    'detr_encoder_config': {**_BLOCK, 'num_layers': 1},
    'detr_decoder_config': {**_BLOCK, 'num_layers': 2, 'num_queries': 10},
    'mask_decoder_config': {'hidden_size': _WIDTH, 'num_attention_heads': 2}}


def save_random_sam3(folder: Path, small: bool) -> Path:
    """Save the model and its tokenizer as transformers does, and return the folder.

    Args:
        folder: Where the files go.
        small: Take a few narrow blocks in place of the published sizes.
    """
    library = import_transformers()
    torch.manual_seed(SEED)
    library.Sam3Model(library.Sam3Config(**(_SMALL if small else {}))).save_pretrained(folder)
    known = SimpleTokenizer()
    ends = {'<start_of_text>': '<|startoftext|>', '<end_of_text>': '<|endoftext|>'}
    library.CLIPTokenizer(
        vocab={ends.get(word, word): number for word, number in known.encoder.items()},
        merges=sorted(known.bpe_ranks, key=known.bpe_ranks.get)).save_pretrained(folder)
    return folder
