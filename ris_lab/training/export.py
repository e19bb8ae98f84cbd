"""Write the trained model for open_clip.

Run it as python -m ris_lab.training.export --checkpoint C --out D.
"""
from __future__ import annotations

import argparse
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


def main() -> None:
    """Export the averaged weights of a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True, help='folder of clip.safetensors')
    arguments = parser.parse_args()
    checkpoint = torch.load(arguments.checkpoint, weights_only=False)
    arguments.out.mkdir(parents=True, exist_ok=True)
    weights = arguments.out / 'clip.safetensors'
    save_file(full_state(checkpoint['average'], Vocabulary()), weights,
              metadata={'format': 'pt', 'licence': 'Apache-2.0', 'step': str(checkpoint['step'])})
    weights.chmod(0o644)  # save_file leaves it to its owner alone
    config = json.dumps(clip_config(FULL_VOCABULARY), indent=2)
    (arguments.out / 'clip.json').write_text(config + '\n')


if __name__ == '__main__':
    main()
