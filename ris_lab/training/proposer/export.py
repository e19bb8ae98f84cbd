"""Write the trained segmenter: ``ris train proposer-export``."""
from __future__ import annotations

from pathlib import Path

from safetensors.torch import save_file
import torch


def export_segmenter(checkpoint: Path, path: Path) -> None:
    """Export the averaged weights of a checkpoint as float16.

    Args:
        checkpoint: The checkpoint.pt of a training.
        path: The .safetensors file; its folder is made where it is missing.
    """
    state = torch.load(checkpoint, weights_only=True)
    weights = {name: value.half().contiguous() if value.is_floating_point() else value
               for name, value in state['average'].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, path, metadata={
        'format': 'pt', 'licence': 'Apache-2.0', 'step': str(state['step'])})
    path.chmod(0o644)  # save_file leaves it to its owner alone
