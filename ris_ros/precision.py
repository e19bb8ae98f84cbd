# SPDX-License-Identifier: Apache-2.0
"""Where the image models compute, and with which floating-point numbers."""
from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ris_ros.errors import ModelError

if TYPE_CHECKING:
    import torch

Model = TypeVar('Model', bound='torch.nn.Module')

# The devices that are offered, in words.
DEVICES = 'cpu, cuda, cuda:N or mps'

PRECISIONS = ('auto', 'fp32', 'bf16', 'fp16')


def check_precision(precision: str) -> None:
    """Raise ModelError for a precision that does not exist."""
    if precision not in PRECISIONS:
        raise ModelError(f'The precision is {precision!r}; expected one of '
                         f'{", ".join(PRECISIONS)}.')


def choose_dtype(precision: str, device: torch.device) -> torch.dtype:
    """Choose the type of the image models' weights.

    Args:
        precision: One of PRECISIONS. 'auto' means fp16 on CUDA, bf16 on a CPU that has instructions
            for it (others compute faster in fp32), and fp32 elsewhere.
        device: Where the models run.

    Raises:
        ModelError: The precision is unknown, or it is fp16 on a CPU.
    """
    import torch  # takes seconds, which reading a command line should not
    check_precision(precision)
    if precision == 'auto':
        if device.type == 'cuda':
            return torch.float16
        return torch.bfloat16 if device.type == 'cpu' and cpu_has_bf16() else torch.float32
    if precision == 'fp16' and device.type == 'cpu':
        raise ModelError('The precision fp16 is for GPUs; on a CPU choose fp32, bf16 or auto.')
    return {'fp32': torch.float32, 'bf16': torch.bfloat16, 'fp16': torch.float16}[precision]


def move(model: Model, device: str) -> Model:
    """Put a model on a device, and return it.

    Raises:
        ModelError: This machine has no such device, or it has too little free memory.
    """
    import torch
    try:
        return model.to(torch.device(device))
    except torch.OutOfMemoryError as error:
        size = sum(tensor.nbytes for tensor in model.parameters()) / 1e6
        raise ModelError(f'The device {device!r} has too little free memory for a model of '
                         f'{size:.0f} MB. Free memory there, choose a smaller model, or set '
                         "device to 'cpu'.") from error
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f'The device {device!r} cannot be used: {str(error)[:200]}. '
                         f'Choose one of this machine: {DEVICES}.') from error


def cpu_has_bf16() -> bool:
    """Return whether this CPU has instructions for bf16 matrix products."""
    import torch
    find = getattr(torch.cpu, 'get_capabilities', dict)  # torch 2.10 and later
    capabilities: dict[str, object] = find()
    return any(capabilities.get(name) for name in ('avx512_bf16', 'amx_bf16', 'bf16'))
