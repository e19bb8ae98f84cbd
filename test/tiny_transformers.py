"""Models of transformers, made small, with random weights and saved as the library saves them."""
import os
from pathlib import Path

import torch
from transformers import (
    EdgeTamConfig,
    EdgeTamModel,
    PreTrainedModel,
    Sam2Config,
    Sam2Model,
)

SIDE = 128  # of the square input
WIDTH = 32
LEVELS = [SIDE // 4, SIDE // 8, SIDE // 16]
CHANNELS = [8, 16, 32, 64]


def make_tiny_sam2() -> Sam2Model:
    """Return SAM 2.1 with a Hiera of five blocks."""
    backbone = {
        'model_type': 'sam2_hiera_det_model', 'hidden_size': CHANNELS[0],
        'num_attention_heads': 1, 'image_size': [SIDE, SIDE], 'blocks_per_stage': [1, 1, 2, 1],
        'embed_dim_per_stage': CHANNELS, 'num_attention_heads_per_stage': [1, 1, 2, 2],
        'window_size_per_stage': [8, 4, 4, 2], 'global_attention_blocks': [3],
        'window_positional_embedding_background_size': [4, 4]}
    return _stirred(Sam2Model, Sam2Config, _family('sam2_vision_model', backbone))


def make_tiny_edgetam() -> EdgeTamModel:
    """Return EdgeTAM with a RepViT of a few blocks."""
    backbone = {
        'model_type': 'timm_wrapper', 'architecture': 'repvit_m1', 'num_classes': 2,
        'model_args': {'in_chans': 3, 'features_only': True, 'out_indices': [0, 1, 2, 3],
                       'embed_dim': CHANNELS, 'depth': [1, 1, 1, 1]}}
    return _stirred(EdgeTamModel, EdgeTamConfig, _family('edgetam_vision_model', backbone))


def save(model: PreTrainedModel, folder: Path) -> Path:
    """Save a model as the library does, and return its folder."""
    os.environ.setdefault('TQDM_DISABLE', '1')
    model.save_pretrained(folder)
    return folder


def _family(kind: str, backbone: dict) -> dict:
    """Return the parts of a config that SAM 2.1 and EdgeTAM share."""
    return {
        'vision_config': {
            'model_type': kind, 'backbone_config': backbone, 'fpn_hidden_size': WIDTH,
            'backbone_channel_list': CHANNELS[::-1],
            'backbone_feature_sizes': [[level, level] for level in LEVELS]},
        'prompt_encoder_config': {'hidden_size': WIDTH, 'image_size': SIDE,
                                  'mask_input_channels': 16},
        'mask_decoder_config': {'hidden_size': WIDTH, 'mlp_dim': WIDTH, 'num_attention_heads': 2,
                                'iou_head_hidden_dim': WIDTH}}


def _stirred(kind: type, config: type, settings: dict) -> PreTrainedModel:
    """Return a model whose gains and biases are random, too, and whose mask logits are large."""
    torch.manual_seed(0)
    model = kind(config(**settings)).eval()
    with torch.no_grad():
        for value in model.parameters():
            value += 0.1 * torch.randn_like(value)
        for head in model.mask_decoder.output_hypernetworks_mlps:
            head.proj_out.weight *= 60
    return model
