# SPDX-License-Identifier: Apache-2.0
"""CLIPs with random weights, for tests that two ways to compute something are equal."""
from __future__ import annotations

import json
from pathlib import Path

import open_clip
import torch

from ris_ros.encoder import backbone_from_state
from ris_ros.encoder.backbone import Backbone


def random_clip(architecture: str, folder: Path, blocks: int, text_blocks: int = 1,
                seed: int = 5) -> Backbone:
    """Return an architecture with that many blocks; biases and gains are random as well.

    Its patches, heads and texts are the architecture's, but there are three heads and two.
    """
    config = open_clip.get_model_config(architecture)
    config['vision_cfg'] |= {'layers': blocks, 'width': 3 * 64}
    config['text_cfg'] |= {'layers': text_blocks, 'width': 2 * 64, 'heads': 2}
    path = folder / f'{architecture}.json'
    path.write_text(json.dumps(config))
    torch.manual_seed(seed)
    state = open_clip.CLIP(**config).state_dict()
    for name, value in state.items():
        if value.ndim == 1 and name.endswith(('weight', 'bias')):
            value += 0.1 * torch.randn_like(value)
    return backbone_from_state(str(path), state)
