"""Reading weights as tensors by name; nothing in a file is ever executed."""
from __future__ import annotations

from pathlib import Path
import pickle
import re
import zipfile

from safetensors import SafetensorError
from safetensors.torch import load_file
import torch

from ris_ros.errors import ModelError
from ris_ros.models.registry import fetch_hint

_DAMAGE = (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError, KeyError,
           ValueError, AttributeError, IndexError, TypeError)
_CONVERT = ('Save its state dict as .safetensors where you trust it, or fetch the weights with '
            '`ris models fetch`.')


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read tensors by name from a .safetensors file, or from one that torch.save wrote.

    If training scripts saved a dictionary around the 'state_dict', only that is taken; the prefix
    'module.' of parallel training is removed from the names.

    Raises:
        ModelError: The file is missing, damaged, a TorchScript program, or holds anything but
            tensors. The message says what to do.
    """
    check_there(path)
    if _is_program(path):
        raise ModelError(f'The weights file {path} cannot be read: it is a TorchScript program '
                         f'(such as the .pt files of OpenAI), which would run code. {_CONVERT}')
    try:
        if path.suffix == '.safetensors':
            return load_file(path)
        state = torch.load(path, map_location='cpu', weights_only=True)
    except _DAMAGE as error:
        if code := re.search(r'GLOBAL (\S+)', str(error)):
            raise ModelError(f'The weights file {path} cannot be read: it holds {code[1]} beside '
                             f'tensors, which would run code. {_CONVERT}') from error
        raise ModelError(f'The weights file {path} cannot be read: it is damaged or not a weights '
                         f'file ({type(error).__name__}).'
                         f'{fetch_hint(path) or " Fetch it again."}') from error
    state = state.get('state_dict', state) if isinstance(state, dict) else state
    if not isinstance(state, dict) or not all(torch.is_tensor(v) for v in state.values()):
        raise ModelError(f'The weights file {path} holds no state dict of tensors. {_CONVERT}')
    return {key.removeprefix('module.'): value for key, value in state.items()}


def check_there(path: Path) -> None:
    """Raise ModelError with the way to fetch the file if it does not exist."""
    if not path.is_file():
        raise ModelError(f'The weights file {path} does not exist. Put the file there, or name '
                         f"another with the 'weights' setting.{fetch_hint(path)}")


def _is_program(path: Path) -> bool:
    """Tell whether torch.jit.save wrote a file."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith('/constants.pkl') for name in archive.namelist())
