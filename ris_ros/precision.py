"""With which numbers the image models compute."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ris_ros.errors import ModelError

if TYPE_CHECKING:
    import torch

PRECISIONS = ('auto', 'fp32', 'bf16', 'fp16')


def check_precision(precision: str) -> None:
    """Raise ModelError for a precision that does not exist."""
    if precision not in PRECISIONS:
        raise ModelError(f'The precision is {precision!r}; expected one of '
                         f'{", ".join(PRECISIONS)}.')


def choose_dtype(precision: str, device: torch.device) -> torch.dtype:
    """Return the type of the weights of the image models on a device.

    auto: fp16 on CUDA, bf16 on a CPU that computes with it, else fp32.  On a CPU that does not,
    bf16 is slower than fp32.
    Raises ModelError for an unknown precision, and for fp16 on a CPU.
    """
    import torch  # takes seconds, and a command line is to be read without it
    check_precision(precision)
    if precision == 'auto':
        if device.type == 'cuda':
            return torch.float16
        return torch.bfloat16 if device.type == 'cpu' and cpu_has_bf16() else torch.float32
    if precision == 'fp16' and device.type == 'cpu':
        raise ModelError('The precision fp16 is for GPUs; on a CPU choose fp32, bf16 or auto.')
    return {'fp32': torch.float32, 'bf16': torch.bfloat16, 'fp16': torch.float16}[precision]


def cpu_has_bf16() -> bool:
    """Return whether this CPU has instructions for bf16 matrix products."""
    import torch
    capabilities = getattr(torch.cpu, 'get_capabilities', dict)()  # torch 2.10 and later
    return any(capabilities.get(name) for name in ('avx512_bf16', 'amx_bf16', 'bf16'))
