"""Write the trained segmenter.

Run it as python -m ris_lab.training.proposer.export --checkpoint C --out F.
"""
from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import save_file
import torch


def main() -> None:
    """Export the averaged weights of a checkpoint as float16."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True, help='the .safetensors file')
    arguments = parser.parse_args()
    checkpoint = torch.load(arguments.checkpoint, weights_only=True)
    weights = {name: value.half().contiguous() if value.is_floating_point() else value
               for name, value in checkpoint['average'].items()}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, arguments.out, metadata={
        'format': 'pt', 'licence': 'Apache-2.0', 'step': str(checkpoint['step'])})
    arguments.out.chmod(0o644)  # save_file leaves it to its owner alone


if __name__ == '__main__':
    main()
