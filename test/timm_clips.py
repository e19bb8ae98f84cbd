# SPDX-License-Identifier: Apache-2.0
"""Small SigLIP 2, PE-Core and MobileCLIP2 with random weights, as open_clip publishes models."""
import json
from pathlib import Path

from open_clip.model import CustomTextCLIP
import pytest
from safetensors.torch import save_file
import timm
from timm.models.vision_transformer import VisionTransformer
import torch

WORDS = 'a the red blue mug bowl of left'.split()


@timm.models.register_model
def vit_small_siglip_of_tests(pretrained=False, **kwargs):
    """Build SigLIP's tower with few blocks; timm has none so small."""
    del pretrained
    wanted = {name: kwargs[name] for name in ('num_classes', 'global_pool') if name in kwargs}
    return VisionTransformer(img_size=64, patch_size=16, embed_dim=48, depth=2, num_heads=4,
                             class_token=False, **wanted)


CONFIGS = {
    'siglip2': {
        'embed_dim': 48, 'init_logit_bias': -10,
        'vision_cfg': {'image_size': 64, 'timm_model_name': 'vit_small_siglip_of_tests',
                       'timm_pool': 'map', 'timm_proj': 'none'},
        'text_cfg': {'context_length': 16, 'vocab_size': 32, 'width': 48, 'heads': 4, 'layers': 2,
                     'hf_tokenizer_name': 'beside the weights',
                     'tokenizer_kwargs': {'clean': 'canonicalize'}, 'no_causal_mask': True,
                     'proj_bias': True, 'pool_type': 'last'}},
    'pe_core': {
        'embed_dim': 64,
        'vision_cfg': {'image_size': 384, 'timm_model_name': 'vit_pe_core_tiny_patch16_384',
                       'timm_pool': 'map', 'timm_proj': None},
        'text_cfg': {'context_length': 32, 'vocab_size': 49408, 'width': 32, 'heads': 4,
                     'layers': 2}},
    'mobileclip2': {
        'embed_dim': 64,
        'vision_cfg': {'image_size': 256, 'timm_model_name': 'fastvit_mci0', 'timm_pool': 'avg',
                       'timm_proj': None},
        'text_cfg': {'context_length': 77, 'vocab_size': 49408, 'width': 32, 'heads': 4,
                     'layers': 2, 'no_causal_mask': True}},
}


def write_model(folder: Path, name: str) -> Path:
    """Write a model's configuration, weights and, for SigLIP 2, tokenizer; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'open_clip_config.json').write_text(json.dumps({
        'model_cfg': {**CONFIGS[name], 'custom_text': True},
        'preprocess_cfg': {'mean': [0.5] * 3, 'std': [0.25] * 3}}))
    torch.manual_seed(7)
    model = CustomTextCLIP(**CONFIGS[name])
    draw_weights(model)
    save_file(model.state_dict(), folder / 'open_clip_model.safetensors')
    if name == 'siglip2':
        write_tokenizer(folder)
    return folder


@torch.no_grad()
def draw_weights(model):
    """Draw large weights: with those that a training starts from, all pictures look alike."""
    for name, weight in model.named_parameters():
        if name.endswith('.gamma'):  # of a residual branch
            weight.fill_(0.3)
        elif weight.dim() > 1:
            weight.normal_(std=1.5 * weight[0].numel() ** -0.5)


def write_tokenizer(folder):
    """Write a tokenizer of a few whole words."""
    tokenizers, transformers = (pytest.importorskip(name) for name in
                                ('tokenizers', 'transformers'))
    words = {word: number for number, word in enumerate(['<pad>', '<eos>', '<unk>', *WORDS])}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token='<unk>'))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token='<pad>', eos_token='<eos>',
        unk_token='<unk>').save_pretrained(folder)


def write_profile(path: Path, folder: Path) -> Path:
    """Write a profile of the embedded proposals and a model's folder."""
    path.write_text(f"""
language: command
proposals: {{source: embedded}}
encoder:
  architecture: {folder}/open_clip_config.json
  weights: {folder}
  preprocessing: square
  token_masks: peak
  unit_features: true
""")
    return path
