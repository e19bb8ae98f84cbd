# SPDX-License-Identifier: Apache-2.0
"""Reading weights as tensors by name; nothing in a file is ever executed."""
from __future__ import annotations

import argparse
from pathlib import Path
import re
import zipfile

import numpy as np
from safetensors.torch import load_file
import torch

from ris_ros.errors import ModelError
from ris_ros.models.registry import fetch_hint

# Under which training tools keep a state dict, the usual ones first.
_WRAPPERS = ('state_dict', 'model_state_dict', 'model', 'module', 'net', 'network', 'weights',
             'params', 'model_ema', 'state_dict_ema', 'params_ema', 'ema')
# What they put before all names: parallel training, torch.compile, Lightning and open_clip.
_PREFIXES = ('module.', '_orig_mod.', '_forward_module.', 'model.', 'net.', 'network.', 'clip.',
             'clip_model.', 'ema_model.', 'sam.')
# Tensors beside the weights that no model of ours has: notes in OpenAI's files, counters of
# weight averaging, and constant buffers that older releases saved.
_NOTES = frozenset({'input_resolution', 'context_length', 'vocab_size', 'n_averaged'})
_BUFFERS = ('position_ids', 'attn_mask', 'total_ops', 'total_params')
# Plain records that scripts keep beside the weights: their command line, and figures of NumPy.
_SCALAR = np.float64(0).__reduce__()[0]
_RECORDS = [argparse.Namespace, np.dtype, (_SCALAR, 'numpy.core.multiarray.scalar'),
            (_SCALAR, 'numpy._core.multiarray.scalar'),
            *{type(np.dtype(kind)) for kind in ('f2', 'f4', 'f8', 'i4', 'i8', 'u1', 'bool')}]
_CONVERT = ('Save its state dict as .safetensors where you trust it, or fetch the weights with '
            '`ris models fetch`.')


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read tensors by name from a .safetensors file, or from one that torch.save wrote.

    What training tools leave around a state dict is taken off: dictionaries around it ('model'),
    prefixes of its names ('module.'), and what is no weight (OpenAI's 'input_resolution').

    Raises:
        ModelError: The file is missing, damaged, a TorchScript program, or holds anything but
            tensors of finite numbers. The message tells what to do.
    """
    check_there(path)
    if _is_program(path):
        raise ModelError(f'The weights file {path} cannot be read: it is a TorchScript program '
                         f'(such as the .pt files of OpenAI), which would run code. {_CONVERT}')
    try:
        if path.suffix == '.safetensors':
            state = load_file(path)
        else:
            with torch.serialization.safe_globals(_RECORDS):
                state = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # a damaged file can make torch raise anything
        if code := re.search(r'GLOBAL (\S+)', str(error)):
            raise ModelError(f'The weights file {path} cannot be read: it holds {code[1]} beside '
                             f'tensors, which would run code. {_CONVERT}') from error
        raise ModelError(f'The weights file {path} cannot be read: it is damaged or not a weights '
                         f'file ({type(error).__name__}).'
                         f'{fetch_hint(path) or " Fetch it again."}') from error
    weights = _plain_names(_tensors(_unwrapped(state), path), path)
    for name, tensor in weights.items():
        _check_numbers(name, tensor, path)
    return weights


def check_there(path: Path) -> None:
    """Raise ModelError with the way to fetch the file if it does not exist."""
    if not path.is_file():
        raise ModelError(f'The weights file {path} does not exist. Put the file there, or name '
                         f"another with the 'weights' setting.{fetch_hint(path)}")


def _unwrapped(state: object) -> object:
    """Return what is in the dictionaries that training tools put around a state dict."""
    for _ in range(len(_WRAPPERS)):
        inside = [state[key] for key in _WRAPPERS
                  if isinstance(state, dict) and isinstance(state.get(key), dict)]
        if not inside:
            break
        state = inside[0]
    return state


def _tensors(state: object, path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a state dict without notes such as the epoch."""
    if not isinstance(state, dict):
        state = {}
    tensors = {key: value for key, value in state.items() if torch.is_tensor(value)}
    if not tensors:
        raise ModelError(f'The weights file {path} holds no state dict of tensors. {_CONVERT}')
    if odd := [key for key in tensors if not isinstance(key, str)]:
        raise ModelError(f'The weights file {path} has the name {odd[0]!r:.80} for a tensor; '
                         f'expected text. {_CONVERT}')
    return tensors


def _plain_names(tensors: dict[str, torch.Tensor], path: Path) -> dict[str, torch.Tensor]:
    """Return tensors by the names that the model itself gives them, without what is no weight."""
    found: dict[str, torch.Tensor] = {}
    names = {key: key.replace('_orig_mod.', '').removeprefix('module.') for key in tensors}
    names = {key: name for key, name in names.items() if not _is_no_weight(name)}
    while prefix := next((prefix for prefix in _PREFIXES if names and all(
            name.startswith(prefix) for name in names.values())), None):
        names = {key: name.removeprefix(prefix) for key, name in names.items()}
        names = {key: name for key, name in names.items() if not _is_no_weight(name)}
    for key, name in names.items():
        if name in found:
            raise ModelError(f'The weights file {path} holds {name!r} twice, once with a prefix. '
                             f'{_CONVERT}')
        found[name] = tensors[key]
    return found


def _is_no_weight(name: str) -> bool:
    return name in _NOTES or name.rpartition('.')[2] in _BUFFERS


def _check_numbers(name: str, tensor: torch.Tensor, path: Path) -> None:
    """Raise ModelError where a tensor holds anything but finite real numbers."""
    if (tensor.layout != torch.strided or tensor.is_complex() or tensor.is_quantized
            or tensor.device.type != 'cpu'):
        raise ModelError(f'The tensor {name!r} of the weights file {path} is of an unusual kind '
                         f'({tensor.dtype}, {tensor.layout}, {tensor.device}). {_CONVERT}')
    # A tensor can be stretched to any size over few numbers; it is enough to look at those.
    numbers = tensor[tuple(slice(0, 1) if step == 0 else slice(None) for step in tensor.stride())]
    if numbers.numel() * numbers.element_size() > tensor.untyped_storage().nbytes():
        raise ModelError(f'The tensor {name!r} of the weights file {path} overlaps itself. '
                         f'{_CONVERT}')
    if numbers.is_floating_point() and numbers.numel() and not torch.isfinite(
            torch.stack(torch.aminmax(numbers.float()))).all():
        raise ModelError(f'The tensor {name!r} of the weights file {path} holds NaN or infinite '
                         f'numbers, as after a training that diverged.'
                         f'{fetch_hint(path) or " Choose another file."}')


def _is_program(path: Path) -> bool:
    """Tell whether torch.jit.save wrote a file."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith('/constants.pkl') for name in archive.namelist())
    except Exception:  # damaged: what reads it says so
        return False
