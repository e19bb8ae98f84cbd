# SPDX-License-Identifier: Apache-2.0
"""Segment Anything with its own classes, made small and with random weights."""
from functools import partial

from segment_anything import modeling
import torch
from torch import nn

SIDE = 320  # 20 x 20 places: more than one chunk of the global attention
WIDTH = 32


def make_tiny_sam() -> modeling.Sam:
    """Return a model whose biases, gains and positions are random, and its logits large."""
    torch.manual_seed(0)
    sam = modeling.Sam(
        image_encoder=modeling.ImageEncoderViT(
            depth=2, embed_dim=WIDTH, img_size=SIDE, mlp_ratio=1, num_heads=2, patch_size=16,
            out_chans=WIDTH, window_size=14, global_attn_indexes=(1,), use_rel_pos=True,
            norm_layer=partial(nn.LayerNorm, eps=1e-6)),
        prompt_encoder=modeling.PromptEncoder(
            embed_dim=WIDTH, image_embedding_size=(SIDE // 16,) * 2,
            input_image_size=(SIDE,) * 2, mask_in_chans=4),
        mask_decoder=modeling.MaskDecoder(
            num_multimask_outputs=3, transformer_dim=WIDTH, iou_head_depth=2,
            iou_head_hidden_dim=WIDTH, transformer=modeling.TwoWayTransformer(
                depth=2, embedding_dim=WIDTH, mlp_dim=WIDTH, num_heads=2)))
    with torch.no_grad():
        for name, value in sam.named_parameters():
            if value.ndim == 1 or 'rel_pos' in name:
                value += 0.1 * torch.randn_like(value)
        for head in sam.mask_decoder.output_hypernetworks_mlps:
            head.layers[-1].weight *= 60
    sam.mask_threshold = 3.0  # masks of all sizes, also empty ones
    return sam.eval()
