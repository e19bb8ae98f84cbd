# SPDX-License-Identifier: Apache-2.0
"""A transformer block for one token's output only: exact, for a part of the cost."""
from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ris_ros.encoder.clip_library import ResidualAttentionBlock


def block_for_one_token(block: ResidualAttentionBlock, tokens: Tensor, places: Tensor,
                        bias: Tensor | None = None) -> Tensor:
    """Compute a block's output at one place of each of N sequences.

    Neither keys nor values are made: with one query q, ``q (K x)`` is ``(q K) x``, and the mean of
    the values is the value of the mean. A key's bias adds the same to every logit and cancels.

    Args:
        block: Of a CLIP tower.
        tokens: (N, S, W).
        places: (N,) int64, the token of each sequence.
        bias: (N, S), added to the attention logits; -inf hides a token.

    Returns:
        (N, W).
    """
    width, heads = tokens.shape[-1], block.attn.num_heads
    weight = block.attn.in_proj_weight.view(3, heads, -1, width)
    offset = block.attn.in_proj_bias.view(3, heads, -1)
    seen = block.ln_1(tokens)
    rows = torch.arange(tokens.shape[0], device=tokens.device)
    query = functional.linear(seen[rows, places], block.attn.in_proj_weight[:width],
                              block.attn.in_proj_bias[:width])
    query = query.view(-1, heads, weight.shape[2]) * weight.shape[2] ** -0.5
    key = torch.matmul(query.transpose(0, 1), weight[1]).transpose(0, 1)
    logits = key @ seen.transpose(1, 2)
    if bias is not None:
        logits = logits + bias[:, None]
    mean = torch.softmax(logits, -1) @ seen
    value = torch.matmul(mean.transpose(0, 1), weight[2].transpose(1, 2)).transpose(0, 1)
    attended = block.attn.out_proj((value + offset[2]).flatten(1))
    return add_mlp(block, tokens[rows, places] + block.ls_1(attended))


def add_mlp(block: ResidualAttentionBlock, tokens: Tensor) -> Tensor:
    """Return (..., W) tokens after the second half of a block."""
    return tokens + block.ls_2(block.mlp(block.ln_2(tokens)))
