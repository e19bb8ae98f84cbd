# SPDX-License-Identifier: Apache-2.0
"""Write the trained segmenter: ``ris train proposer-export``."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safetensors.torch import save_file
import torch
from torch import Tensor

from ris_ros.models.weights_file import read_weights
from ris_ros.proposals.segmenter import SCALE, widen

# Kernels of more numbers are nine tenths of the file; the others tell fine edges.
_LARGE = 50_000


def export_segmenter(checkpoint: Path, path: Path, others: Sequence[Path] = (),
                     small: bool = False) -> None:
    """Export the averaged weights of a checkpoint.

    Args:
        checkpoint: The checkpoint.pt of a training.
        path: The .safetensors file; its folder is made where it is missing.
        others: Exported weights of other stages, whose mean with these is written. The mean of
            stages that began with each other serves other pictures better than any of them
            (Wortsman et al., 2022, "Model soups").
        small: Whether large kernels are written as int8 with a scale for each output channel, and
            not as float16.
    """
    state = torch.load(checkpoint, weights_only=True)
    stages = [widen(weights) for weights in (
        state['average'], *(read_weights(other) for other in others))]
    weights = {name: torch.stack([stage[name] for stage in stages]).mean(0)
               if value.is_floating_point() else value for name, value in stages[0].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(_as_int8(weights) if small else _as_half(weights), path, metadata={
        'format': 'pt', 'licence': 'Apache-2.0', 'step': str(state['step'])})
    path.chmod(0o644)  # save_file leaves it to its owner alone


def _as_half(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights as float16."""
    return {name: value.half().contiguous() if value.is_floating_point() else value
            for name, value in weights.items()}


def _as_int8(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the large kernels as int8 with their scales, and the rest as float16."""
    kernels = {name: value for name, value in weights.items() if value.numel() > _LARGE}
    scales = {name: value.flatten(1).abs().amax(1) / 127 for name, value in kernels.items()}
    levels = {name: (value / scales[name].view(-1, *[1] * (value.dim() - 1))).round()
              for name, value in kernels.items()}
    return (_as_half({name: value for name, value in weights.items() if name not in kernels})
            | {name: value.to(torch.int8).contiguous() for name, value in levels.items()}
            | {f'{name}{SCALE}': scale for name, scale in scales.items()})
