# SPDX-License-Identifier: Apache-2.0
"""Models of transformers, made small, with random weights and saved as the library saves them."""
from pathlib import Path

from open_clip.tokenizer import SimpleTokenizer
import torch
from transformers import (
    CLIPTokenizer,
    EdgeTamConfig,
    EdgeTamModel,
    PreTrainedModel,
    Sam2Config,
    Sam2Model,
    Sam3Config,
    Sam3Model,
    Sam3VideoConfig,
    Sam3VideoModel,
)

SIDE = 128  # of the square input
WIDTH = 32
LEVELS = [SIDE // 4, SIDE // 8, SIDE // 16]
CHANNELS = [8, 16, 32, 64]
# What a model of video has beside the parts of one of pictures.
_MEMORY = {
    'memory_attention_num_layers': 1, 'memory_encoder_output_channels': 8,
    **dict.fromkeys(('memory_attention_hidden_size', 'memory_encoder_hidden_size',
                     'memory_attention_feed_forward_hidden_size', 'memory_fuser_embed_dim',
                     'mask_downsampler_embed_dim', 'memory_fuser_intermediate_dim'), WIDTH)}


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


def make_tiny_sam3() -> Sam3Model:
    """Return SAM 3 with few blocks and ten queries; its scores are spread."""
    sizes = {'hidden_size': WIDTH, 'num_attention_heads': 2}
    detector = {**sizes, 'intermediate_size': WIDTH}
    torch.manual_seed(0)
    model = Sam3Model(Sam3Config(
        vision_config={
            'model_type': 'sam3_vision_model', 'fpn_hidden_size': WIDTH,
            'backbone_feature_sizes': [[32, 32], [16, 16], [8, 8]],
            'backbone_config': {
                'model_type': 'sam3_vit_model', **detector, 'num_hidden_layers': 2,
                'image_size': 112, 'patch_size': 14, 'window_size': 4, 'global_attn_indexes': [1],
                'pretrain_image_size': 56}},
        text_config={
            'model_type': 'clip_text_model', 'vocab_size': 49408, 'hidden_size': 16,
            'intermediate_size': 16, 'projection_dim': 16, 'num_hidden_layers': 1,
            'num_attention_heads': 2, 'max_position_embeddings': 32, 'hidden_act': 'gelu'},
        geometry_encoder_config={**detector, 'num_layers': 1},
        detr_encoder_config={**detector, 'num_layers': 1},
        detr_decoder_config={**detector, 'num_layers': 2, 'num_queries': 10},
        mask_decoder_config=sizes)).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            value += (1.0 if 'embed' in name else 0.2) * torch.randn_like(value)
    return model


def make_tokenizer() -> CLIPTokenizer:
    """Return CLIP's tokenizer, from the vocabulary that open_clip brings."""
    known = SimpleTokenizer()
    ends = {'<start_of_text>': '<|startoftext|>', '<end_of_text>': '<|endoftext|>'}
    return CLIPTokenizer(vocab={ends.get(word, word): number
                                for word, number in known.encoder.items()},
                         merges=sorted(known.bpe_ranks, key=known.bpe_ranks.get))


def make_tiny_video(kind: type, config: type, picture_model: PreTrainedModel) -> PreTrainedModel:
    """Return the model of video, such as the hub has it, around the parts of one of pictures."""
    parts = {name: value for name, value in picture_model.config.to_dict().items()
             if name in ('vision_config', 'prompt_encoder_config', 'mask_decoder_config')}
    return kind(config(**parts, image_size=SIDE, **_MEMORY))


def make_tiny_sam3_video(detector: Sam3Model) -> Sam3VideoModel:
    """Return the model of video, such as the hub has it, around a detector."""
    settings = detector.config.to_dict()
    side = settings['vision_config']['backbone_config']['image_size']
    model = Sam3VideoModel(Sam3VideoConfig(detector_config=settings, tracker_config={
        'vision_config': settings['vision_config'], 'image_size': side, **_MEMORY,
        'prompt_encoder_config': {'hidden_size': WIDTH, 'image_size': side, 'patch_size': 14},
        'mask_decoder_config': {'hidden_size': WIDTH, 'mlp_dim': WIDTH, 'num_attention_heads': 2,
                                'iou_head_hidden_dim': WIDTH}}))
    model.detector_model.load_state_dict(detector.state_dict())
    return model


def save(model: PreTrainedModel, folder: Path) -> Path:
    """Save a model as the library does, and return its folder."""
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
