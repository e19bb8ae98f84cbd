# SPDX-License-Identifier: Apache-2.0
"""SAM's image encoder with its global attention in chunks: exact, without the huge matrices."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ris_ros.chunks import Pause, no_pause

if TYPE_CHECKING:
    from segment_anything.modeling.image_encoder import Attention, Block, ImageEncoderViT

# This many queries of one head have 4 MB of logits, which stay in a CPU's cache.
_QUERIES = 256


def encode_image(encoder: ImageEncoderViT, image: Tensor, give_way: Pause = no_pause) -> Tensor:
    """Return the (1, C, G, G) embedding of an image.

    On a CPU the blocks with global attention compute it for some queries at a time; a GPU runs
    them as they are.

    Args:
        encoder: SAM's image encoder.
        image: (1, 3, S, S), preprocessed.
        give_way: Called before each block.
    """
    tokens = encoder.patch_embed(image)
    if encoder.pos_embed is not None:
        tokens = tokens + encoder.pos_embed
    for block in encoder.blocks:
        give_way()
        chunked = block.window_size == 0 and tokens.device.type == 'cpu'
        tokens = global_block(block, tokens) if chunked else block(tokens)
    return encoder.neck(tokens.permute(0, 3, 1, 2))


def global_block(block: Block, tokens: Tensor) -> Tensor:
    """Return (1, G, G, W) tokens after a block with global attention."""
    tokens = tokens + _attend(block.attn, block.norm1(tokens))
    return tokens + block.mlp(block.norm2(tokens))


def _attend(attention: Attention, tokens: Tensor) -> Tensor:
    """Return the (1, G, G, W) output of attention between all of (1, G, G, W) tokens."""
    _, height, width, _ = tokens.shape
    heads = attention.num_heads
    queries, keys, values = attention.qkv(tokens).view(height * width, 3, heads, -1).permute(
        1, 2, 0, 3).contiguous()
    places = _position_logits(attention, queries, height, width)
    found = torch.empty_like(queries)
    for head in range(heads):
        key = (keys[head] * attention.scale).T
        for first in range(0, height * width, _QUERIES):
            chunk = slice(first, first + _QUERIES)
            if places is None:
                logits = queries[head, chunk] @ key
            else:
                down, across = places
                bias = down[head, chunk, :, None] + across[head, chunk, None]
                logits = torch.addmm(bias.flatten(1), queries[head, chunk], key)
            torch.matmul(torch.softmax(logits, -1), values[head], out=found[head, chunk])
    return attention.proj(found.transpose(0, 1).reshape(1, height, width, -1))


def _position_logits(attention: Attention, queries: Tensor, height: int,
                     width: int) -> tuple[Tensor, Tensor] | None:
    """Return the (heads, G * G, G) parts of the logits for the rows and the columns of the keys.

    None if the encoder has no relative positions.
    """
    if not attention.use_rel_pos:
        return None
    from segment_anything.modeling.image_encoder import get_rel_pos
    rows = get_rel_pos(height, height, attention.rel_pos_h)
    columns = get_rel_pos(width, width, attention.rel_pos_w)
    grid = queries.view(len(queries), height, width, -1)
    down = torch.einsum('nhwc,hkc->nhwk', grid, rows)
    across = torch.einsum('nhwc,wkc->nhwk', grid, columns)
    return down.flatten(1, 2), across.flatten(1, 2)
