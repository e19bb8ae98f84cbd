# SPDX-License-Identifier: Apache-2.0
"""Seeded CLIP weights for the golden vectors, drawn from numpy so that any torch gives the same.

Biases, norm gains and batch-norm statistics are all non-trivial on purpose: zeros would hide
mistakes.  ``fingerprint`` guards against a change of the drawing.
"""
from __future__ import annotations

import hashlib
import zlib

import numpy as np
import open_clip
import torch

SEED = 20230331


def seeded_state_dict(architecture: str) -> dict[str, torch.Tensor]:
    """Return a state dict for an open_clip architecture, one random stream for each key."""
    with torch.device('meta'):  # names and shapes alone
        model = open_clip.CLIP(**open_clip.get_model_config(architecture))
    return {key: torch.from_numpy(np.ascontiguousarray(_draw(key, tuple(value.shape)))).reshape(
        value.shape) for key, value in model.state_dict().items()}


def fingerprint(state: dict[str, torch.Tensor]) -> str:
    """Return the sha256 over key names and float32 little-endian bytes, keys sorted."""
    digest = hashlib.sha256()
    for key in sorted(state):
        if not key.endswith('num_batches_tracked'):
            digest.update(key.encode())
            digest.update(state[key].numpy().astype('<f4', copy=False))
    return digest.hexdigest()


def _draw(key: str, shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng([SEED, zlib.crc32(f'weight/{key}'.encode())])

    def normal(scale: float) -> np.ndarray:
        drawn = np.asarray(rng.standard_normal(shape, dtype=np.float32))
        drawn *= np.float32(scale)  # in place: a copy of each weight takes as long as to draw it
        return drawn

    leaf = key.rsplit('.', 1)[-1]
    if key == 'logit_scale':
        return np.float32(np.log(100.0)).reshape(shape)
    if leaf == 'num_batches_tracked':
        return np.zeros(shape, np.int64)
    if leaf == 'running_mean':
        return normal(0.1)
    if leaf == 'running_var':
        return (1.0 + 0.2 * rng.random(shape, dtype=np.float32)).astype(np.float32)
    if len(shape) == 1 and leaf == 'weight':  # LayerNorm or BatchNorm gain
        gain = 0.25 if '.bn3.' in key or '.downsample.1.' in key else 1.0
        return (np.float32(gain) * (1 + normal(0.1))).astype(np.float32)
    return normal(_spread(key, leaf, shape))


def _spread(key: str, leaf: str, shape: tuple[int, ...]) -> float:
    """Return the standard deviation of a weight."""
    if leaf in ('bias', 'in_proj_bias'):
        return 0.01 if '.attnpool.' in key else 0.1
    if key in ('visual.class_embedding', 'token_embedding.weight'):
        return 0.5
    if key.endswith('positional_embedding'):
        return 0.02 if 'attnpool' in key else 0.3
    if key in ('visual.proj', 'text_projection'):
        return shape[0] ** -0.5
    if len(shape) == 4:
        return (2.0 / (shape[1] * shape[2] * shape[3])) ** 0.5
    if leaf == 'in_proj_weight':
        return 1.5 * shape[1] ** -0.5
    if key.endswith(('attnpool.q_proj.weight', 'attnpool.k_proj.weight')):
        return 8 * shape[1] ** -0.5  # peaky enough to see a wrong mask
    return shape[1] ** -0.5
