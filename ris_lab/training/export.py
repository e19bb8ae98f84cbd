# SPDX-License-Identifier: Apache-2.0
"""Write the trained model for open_clip: ``ris train clip-export``."""
from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import save_file
import torch
from torch import Tensor

from ris_lab.training.model import FULL_VOCABULARY, Vocabulary, clip_config


def full_state(state: dict[str, Tensor], vocabulary: Vocabulary) -> dict[str, Tensor]:
    """Return float16 weights with CLIP's whole token table; unseen tokens share one row."""
    full = dict(state)
    full['token_embedding.weight'] = state['token_embedding.weight'][vocabulary.rows]
    return {name: weight.half().contiguous() for name, weight in full.items()}


def small_state(state: dict[str, Tensor], vocabulary: Vocabulary) -> dict[str, Tensor]:
    """Return the float32 weights of training of exported ones: the opposite of `full_state`."""
    small = dict(state)
    small['token_embedding.weight'] = state['token_embedding.weight'][vocabulary.tokens]
    return {name: weight.float() for name, weight in small.items()}


def export_clip(checkpoint: Path, folder: Path) -> None:
    """Export the averaged weights of a checkpoint as float16, with open_clip's configuration.

    Args:
        checkpoint: The checkpoint.pt of a training.
        folder: Folder for clip.safetensors and clip.json; it is made where it is missing.
    """
    state = torch.load(checkpoint, weights_only=True)
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / 'clip.safetensors'
    save_file(full_state(state['average'], Vocabulary()), weights,
              metadata={'format': 'pt', 'licence': 'Apache-2.0', 'step': str(state['step'])})
    weights.chmod(0o644)  # save_file leaves it to its owner alone
    config = json.dumps(clip_config(FULL_VOCABULARY), indent=2)
    (folder / 'clip.json').write_text(config + '\n')
