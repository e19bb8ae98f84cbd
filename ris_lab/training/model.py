# SPDX-License-Identifier: Apache-2.0
"""The small CLIP: open_clip's modules, with a forward pass that is quick on one CPU core.

open_clip's own attention is twice as slow as plain matrix products in bfloat16 on a CPU; the
functions here give the same features (test/ris_ros/models/test_embedded_weights.py compares them).
"""
from __future__ import annotations

import numpy as np
import open_clip
import torch
from torch import Tensor, nn
from torch.nn import functional

from ris_lab.training.words import vocabulary

CONTEXT_LENGTH = 32
FULL_VOCABULARY = 49408
IMAGE_SIZE = 128
PATCH_SIZE = 16
GRID = IMAGE_SIZE // PATCH_SIZE
MASKED_BLOCKS = 2
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def clip_config(vocabulary_size: int) -> dict:
    """Return the open_clip configuration of the model with a token table of the given size."""
    return {
        'embed_dim': 128,
        'quick_gelu': False,
        'vision_cfg': {'image_size': IMAGE_SIZE, 'layers': 6, 'width': 128, 'head_width': 32,
                       'patch_size': PATCH_SIZE},
        'text_cfg': {'context_length': CONTEXT_LENGTH, 'vocab_size': vocabulary_size, 'width': 64,
                     'heads': 4, 'layers': 3},
    }


class Vocabulary:
    """Maps CLIP's token ids to rows of a small table; row 0 stands for every unseen token.

    Rows keep the ids' order, so that the end token, by whose highest id open_clip finds it, is
    the last row here too.
    """

    def __init__(self) -> None:
        self._tokenizer = open_clip.SimpleTokenizer(context_length=CONTEXT_LENGTH)
        seen = {piece for text in vocabulary() for piece in self._tokenizer.encode(text)}
        seen |= {self._tokenizer.sot_token_id, self._tokenizer.eot_token_id}
        rows = np.zeros(FULL_VOCABULARY, np.int64)
        rows[sorted(seen)] = np.arange(1, len(seen) + 1)
        self.size = len(seen) + 1
        self.rows = torch.from_numpy(rows)
        # A token of each row; the first of those unseen for row 0.
        self.tokens = torch.from_numpy(np.unique(rows, return_index=True)[1])

    def encode(self, texts: list[str]) -> Tensor:
        """Return (T, 32) int64 rows of the small table."""
        return self.rows[self._tokenizer(texts)]


def new_clip(vocabulary_size: int) -> open_clip.CLIP:
    """Build the model with fresh weights."""
    config = clip_config(vocabulary_size)
    return open_clip.CLIP(config['embed_dim'], config['vision_cfg'], config['text_cfg'],
                          quick_gelu=config['quick_gelu'])


def normalised(images: Tensor) -> Tensor:
    """Return (B, 3, S, S) float32 network inputs of (B, S, S, 3) uint8 or float RGB in 0..255."""
    scale = 255 * torch.tensor(STD, device=images.device)
    shift = torch.tensor(MEAN, device=images.device) / torch.tensor(STD, device=images.device)
    return (images.float() / scale - shift).permute(0, 3, 1, 2)


def local_features(clip: nn.Module, images: Tensor) -> Tensor:
    """Return (B, D) unit features of normalised (B, 3, S, S) crops."""
    tokens = _patch_tokens(clip.visual, images)
    for block in clip.visual.transformer.resblocks:
        tokens = _block(block, tokens)
    return _visual_output(clip.visual, tokens)


def global_features(clip: nn.Module, images: Tensor, masks: Tensor, owners: Tensor) -> Tensor:
    """Return (M, D) unit features of whole images, each seen through one mask.

    The patch tokens are multiplied by the mask before each of the last blocks. The class token
    is left alone (Yu et al., CVPR 2023).

    Args:
        clip: The model.
        images: (B, 3, S, S) normalised images.
        masks: (M, G, G) in 0..1.
        owners: (M,) index of the image of each mask.
    """
    tokens = _patch_tokens(clip.visual, images)
    blocks = clip.visual.transformer.resblocks
    for block in blocks[:-MASKED_BLOCKS]:
        tokens = _block(block, tokens)
    tokens = tokens[owners]
    keep = torch.cat([masks.new_ones(len(masks), 1), masks.flatten(1)], 1)[..., None]
    for block in blocks[-MASKED_BLOCKS:]:
        tokens = _block(block, tokens * keep.to(tokens.dtype))
    return _visual_output(clip.visual, tokens)


def text_features(clip: nn.Module, rows: Tensor) -> Tensor:
    """Return (T, D) unit features of (T, 32) token rows."""
    ends = rows.argmax(-1)
    length = int(ends.max()) + 1
    tokens = clip.token_embedding(rows[:, :length]) + clip.positional_embedding[:length]
    for block in clip.transformer.resblocks:
        tokens = _block(block, tokens, clip.attn_mask[:length, :length])
    last = clip.ln_final(tokens)[torch.arange(len(rows), device=rows.device), ends]
    return functional.normalize((last @ clip.text_projection).float(), dim=-1)


def _patch_tokens(visual: nn.Module, images: Tensor) -> Tensor:
    count, size = len(images), PATCH_SIZE
    patches = images.unflatten(2, (GRID, size)).unflatten(4, (GRID, size))
    patches = patches.permute(0, 2, 4, 1, 3, 5).reshape(count, GRID * GRID, 3 * size * size)
    tokens = functional.linear(patches, visual.conv1.weight.flatten(1))
    first = visual.class_embedding.to(tokens.dtype).expand(count, 1, -1)
    return visual.ln_pre(torch.cat([first, tokens], 1) + visual.positional_embedding)


def _visual_output(visual: nn.Module, tokens: Tensor) -> Tensor:
    return functional.normalize((visual.ln_post(tokens[:, 0]) @ visual.proj).float(), dim=-1)


def _block(block: nn.Module, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
    """Run one residual attention block."""
    count, length, width = tokens.shape
    attention = block.attn
    heads, depth = attention.num_heads, width // attention.num_heads
    joint = functional.linear(block.ln_1(tokens), attention.in_proj_weight, attention.in_proj_bias)
    query, key, value = joint.view(count, length, 3, heads, depth).permute(2, 0, 3, 1, 4)
    weights = query * depth ** -0.5 @ key.transpose(-1, -2)
    if mask is not None:
        weights = weights + mask
    mixed = (weights.softmax(-1).to(value.dtype) @ value).transpose(1, 2)
    tokens = tokens + attention.out_proj(mixed.reshape(count, length, width))
    return tokens + block.mlp(block.ln_2(tokens))
