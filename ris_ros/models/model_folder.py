# SPDX-License-Identifier: Apache-2.0
"""Models of the library transformers: folders with a config and weights, read as data only."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ris_ros.errors import ModelError
from ris_ros.models.registry import fetch_hint
from ris_ros.models.weights_file import read_weights

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIG, WEIGHTS = 'config.json', 'model.safetensors'
_INSTALL = "run pip install -r requirements/hf.txt in ris_ros's folder"


@dataclass(frozen=True)
class Architecture:
    """A model of transformers, as its folders name it.

    Attributes:
        label: Its name for people.
        prefix: Of the library's classes: 'Sam2' for Sam2Config and Sam2Model.
        model_types: What the config calls it; the models of video hold those of pictures.
        files: Names of the files that the folder must have.
    """

    label: str
    prefix: str
    model_types: Sequence[str]
    files: Sequence[str] = (CONFIG, WEIGHTS)


def import_transformers() -> ModuleType:
    """Import the library, which only the profiles that name it need.

    Raises:
        ModelError: It is not installed, or too old.
    """
    try:
        import transformers
    except ImportError as error:
        raise ModelError(f'The profile needs the package transformers, which is not installed; '
                         f'{_INSTALL}.') from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def load_folder(folder: Path, architecture: Architecture) -> PreTrainedModel:
    """Load a model in fp32 on the CPU, ready to run; nothing is fetched and no code is run.

    Args:
        folder: With the files that `save_pretrained` writes.
        architecture: Which model it must be.

    Raises:
        ModelError: The library or a file is missing, or the folder holds another model.
    """
    _check_files(folder, architecture)
    settings = _read_config(folder, architecture)
    library = import_transformers()
    weights = read_weights(folder / WEIGHTS)
    try:
        config_class, model_class = (getattr(library, f'{architecture.prefix}{kind}')
                                     for kind in ('Config', 'Model'))
    except AttributeError as error:
        raise ModelError(f'The installed transformers {library.__version__} does not know '
                         f'{architecture.label}; {_INSTALL}.') from error
    try:
        import torch
        config = config_class.from_dict(settings)
        model, report = model_class.from_pretrained(
            None, config=config, state_dict=weights, dtype=torch.float32,
            ignore_mismatched_sizes=True, output_loading_info=True)
    except Exception as error:  # a config can make the library raise anything
        raise ModelError(f'The config {folder / CONFIG} cannot be used for {architecture.label}: '
                         f'{str(error)[:200]}. Fetch the folder again.') from error
    # The library would go on with random numbers in place of what it does not find.
    wrong = [*report['missing_keys'], *(key[0] for key in report['mismatched_keys'])]
    if wrong:
        raise ModelError(f'The weights {folder / WEIGHTS} are not those of its config: '
                         f'{len(wrong)} tensors such as {min(wrong)!r} are missing or of another '
                         'size. Take both files from the same place.')
    return model.eval().requires_grad_(False)


def _check_files(folder: Path, architecture: Architecture) -> None:
    """Raise ModelError, with the way to fetch them, if files are missing."""
    hint = fetch_hint(folder)
    if not folder.is_dir():
        what = 'is a file' if folder.exists() else 'does not exist'
        raise ModelError(f'The model folder {folder} {what}; expected a folder with '
                         f'{", ".join(architecture.files)}. Put it there, or name another with '
                         f"the 'weights' setting.{hint}")
    missing = [name for name in architecture.files if not (folder / name).is_file()]
    if missing:
        raise ModelError(f'The model folder {folder} has no {", ".join(missing)}. Put '
                         f'{"them" if len(missing) > 1 else "it"} there.{hint}')


def _read_config(folder: Path, architecture: Architecture) -> dict[str, object]:
    """Return the config of the model, also where it lies within that of a model of video."""
    path = folder / CONFIG
    try:
        settings = json.loads(path.read_text())
        kind = settings['model_type']
        inner = settings.get('detector_config') or settings
        # A name with a colon would make timm look on the network.
        if ':' in json.dumps(inner.get('vision_config', {}).get('backbone_config', {}).get(
                'architecture', '')):
            raise ValueError('its backbone is to be fetched from elsewhere')
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f'The config {path} cannot be read: {error!r:.200}. Fetch the folder '
                         'again.') from error
    if kind not in architecture.model_types:
        raise ModelError(f'The folder {folder} holds a model of type {kind!r:.100}; expected '
                         f'{architecture.label} ({" or ".join(architecture.model_types)}). Choose '
                         'the source of proposals for this model, or the folder of the other.')
    return {key: value for key, value in inner.items() if key not in ('model_type', 'dtype')}
