# SPDX-License-Identifier: Apache-2.0
"""Features of texts that are kept on disk, because a large model takes seconds for a vocabulary."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import hashlib
import io
import logging
from pathlib import Path

import numpy as np
import torch

from ris_ros.encoder.backbone import Backbone
from ris_ros.errors import RisError
from ris_ros.files import write_whole
from ris_ros.models.registry import cache_folder

_LOGGER = logging.getLogger(__name__)

# Files that are kept, those that were used last: each has 2 MB for the usual models.
_MOST_FILES = 8
# To be changed where the same weights and tokens get other features.
_VERSION = b'1'


def kept_features(backbone: Backbone, tokens: torch.Tensor,
                  encode: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """Read the features of texts from the user's cache, or encode them and keep them there.

    A file is found by the bytes of the text tower's weights, of the tokens and of the kind of
    device, so that no other model can find it. One that is damaged is ignored and replaced. Where
    nothing can be written, as with a read-only home, the features are encoded each time.

    Args:
        backbone: The CLIP model.
        tokens: (T, L) int64, from the model's tokenizer.
        encode: Returns the (T, D) float32 features of the tokens.

    Returns:
        (T, D) float32, on the CPU.
    """
    shape = len(tokens), backbone.width
    try:
        path = cache_folder() / 'texts' / f'{_key(backbone, tokens)}.npz'
    except RuntimeError:  # nobody's home is known
        return encode(tokens)
    if (known := _read(path, shape)) is not None:
        with suppress(OSError):
            path.touch()
        return known
    features = encode(tokens)
    try:
        _write(path, features)
    except (RisError, OSError) as error:
        _LOGGER.info('The features of the vocabulary cannot be kept, and the next start computes '
                     'them again: %s', error)
    return features


def _key(backbone: Backbone, tokens: torch.Tensor) -> str:
    """Return a hash of all that the features depend on."""
    digest = hashlib.sha256(_VERSION)
    digest.update(repr((backbone.device.type, tuple(tokens.shape))).encode())
    for name, tensor in sorted(backbone.model.state_dict().items()):
        if not name.startswith('visual.'):
            digest.update(f'{name} {tensor.dtype} {tuple(tensor.shape)}'.encode())
            digest.update(_bytes_of(tensor))
    digest.update(_bytes_of(tokens))
    return digest.hexdigest()


def _bytes_of(tensor: torch.Tensor) -> memoryview:
    """Return the bytes of a tensor."""
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _read(path: Path, shape: tuple[int, int]) -> torch.Tensor | None:
    """Return the features of a file; None if there is none, or none that can be trusted."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            features = file['features']  # the archive has a checksum
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged archive can raise anything
        _LOGGER.info('The kept features %s cannot be read and are computed again: %s', path, error)
        return None
    if (features.shape, features.dtype) != (shape, np.float32) or not np.isfinite(features).all():
        return None
    return torch.from_numpy(features)


def _write(path: Path, features: torch.Tensor) -> None:
    """Write a file, and remove those that were used longest ago."""
    archive = io.BytesIO()
    np.savez(archive, features=features.numpy())
    write_whole(path, archive.getvalue())
    files = sorted(path.parent.glob('*.npz'), key=lambda file: file.stat().st_mtime)
    for old in files[:-_MOST_FILES]:
        old.unlink(missing_ok=True)
