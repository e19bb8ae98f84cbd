# SPDX-License-Identifier: Apache-2.0
"""CLIP's towers and tokenizer of open_clip, without the rest of that package.

``import open_clip`` loads what training and other models need, too: timm, torchvision's models and
torch._dynamo. They take longer than torch itself, at every start of the node and of ``ris``. So the
few files that are needed are loaded as modules of a package of our own, and neither `open_clip`
nor any other module of the process is changed.
"""
from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
import json
from pathlib import Path
import sys
from types import ModuleType

_PACKAGE = f'{__package__}._open_clip'


class _AbsentModule(ModuleType):
    """A file of open_clip that is not loaded: its names can be imported, but not used."""

    def __getattr__(self, name: str) -> type:
        """Return a class that cannot be made."""
        if name.startswith('__'):
            raise AttributeError(name)
        return type(name, (), {'__init__': _refuse})


def model_config(architecture: str) -> dict | None:
    """Return open_clip's configuration of a model, or None where it has none of this name."""
    path = _FOLDER / 'model_configs' / f'{architecture}.json'
    if Path(architecture).name != architecture or not path.is_file():
        return None
    config = json.loads(path.read_text())
    return config if config.keys() >= {'embed_dim', 'vision_cfg', 'text_cfg'} else None


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return height and width, of which one stands for both."""
    return size if isinstance(size, tuple) else (size, size)


def _refuse(self: object, *args: object, **kwargs: object) -> None:
    """Say that a part of open_clip is not there."""
    raise NotImplementedError(f'{type(self).__name__} of open_clip is not loaded by {__name__}.')


def _find_folder() -> Path:
    """Return the folder of open_clip, which is not imported."""
    spec = find_spec('open_clip')
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'open_clip'", name='open_clip')
    return Path(spec.origin).parent


def _prepare() -> None:
    """Make the package, in which three files of open_clip are absent."""
    package = ModuleType(_PACKAGE)
    package.__path__ = [str(_FOLDER)]
    utils = _AbsentModule(f'{_PACKAGE}.utils')  # imports torchvision, to freeze batch norms
    vars(utils)['to_2tuple'] = _pair
    sys.modules |= {
        _PACKAGE: package,
        utils.__name__: utils,
        f'{_PACKAGE}.timm_model': _AbsentModule(f'{_PACKAGE}.timm_model'),
        f'{_PACKAGE}.hf_model': _AbsentModule(f'{_PACKAGE}.hf_model'),
    }


_FOLDER = _find_folder()
_prepare()
CLIP = import_module(f'{_PACKAGE}.model').CLIP
ModifiedResNet = import_module(f'{_PACKAGE}.modified_resnet').ModifiedResNet
ResidualAttentionBlock = import_module(f'{_PACKAGE}.transformer').ResidualAttentionBlock
SimpleTokenizer = import_module(f'{_PACKAGE}.tokenizer').SimpleTokenizer
