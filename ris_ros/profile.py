# SPDX-License-Identifier: Apache-2.0
"""Profiles: one YAML file holds every setting of the method."""
from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from ris_ros.encoder.settings import EncoderSettings
from ris_ros.errors import ModelError
from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.language.command import RULES
from ris_ros.models.registry import find_clip
from ris_ros.precision import check_precision
from ris_ros.proposals.sources import SOURCES
from ris_ros.setting_values import find_misfit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SettingsType = TypeVar('SettingsType', bound='DataclassInstance')
PROFILES = Path(__file__).resolve().parent / 'profiles'
# Least and greatest numbers of settings; beyond them nothing can be computed, or nothing of sense.
_RANGES = {
    'mean': (-10, 10), 'std': (0.001, 10), 'short_side': (16, 4096), 'crop_margin': (0.1, 10),
    'masked_blocks': (0, 1000), 'global_weight': (0, 1), 'phrase_weight': (0, 1),
    'negative_weight': (0, 10), 'heat_map_weight': (0, 1), 'batch_size': (1, 4096),
    'outline_margin': (0, 1000), 'part_penalty': (0, 1000), 'least_confidence': (0, 1),
    'midpoint': (-1000, 1000), 'slope': (0, 1000), 'doubt': (0, 1000),
    'temperature': (0.001, 1000), 'none': (-100, 100), 'several': (-100, 100)}


@dataclass(frozen=True)
class Profile:
    """All settings of one way to answer.

    Attributes:
        name: Its file's name without the ending.
        description: One line for people.
        language: 'command' (what a person says to a robot) or 'paper' (the published phrase rule).
        proposals: 'source' and the options of that source.
        architecture: Of the CLIP model, open_clip's name of it or a config file.
        weights: File of the CLIP model's weights.
        precision: Of the image models if the user leaves it 'auto' (see `ris_ros.precision`).
        encoder: How an image, masks and words become features.
        decision: When an answer is given.
        nouns: File of the nouns that its models know, by which things are named in answers.
    """

    name: str
    description: str
    language: str
    proposals: dict[str, object]
    architecture: str
    weights: str
    precision: str = 'auto'
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    decision: DecisionSettings = field(default_factory=DecisionSettings)
    nouns: str = 'nouns.txt'

    @property
    def weight_files(self) -> tuple[str, ...]:
        """The weights of its models: of CLIP, and of the proposals where they name some."""
        proposals = self.proposals.get('weights')
        return (self.weights, str(proposals)) if proposals else (self.weights,)


def profile_names() -> list[str]:
    """Return the names of the packaged profiles."""
    return sorted(path.stem for path in PROFILES.glob('*.yaml'))


def load_profile(name: str) -> Profile:
    """Read a profile.

    Args:
        name: Name of a packaged profile, or the path of a YAML file.

    Raises:
        ModelError: There is no such profile, or it has unknown or wrong settings.
    """
    path = Path(name) if name.endswith(('.yaml', '.yml')) else PROFILES / f'{name}.yaml'
    if not _is_file(path):
        raise ModelError(f'There is no profile {name!r:.200}; expected one of '
                         f'{", ".join(profile_names())}, or the path of a YAML file.')
    try:
        data = yaml.safe_load(path.read_text())
        encoder = dict(data['encoder'])
        profile = Profile(
            name=path.stem, description=str(data.get('description', '')),
            language=data['language'], proposals=dict(data['proposals']),
            architecture=str(encoder.pop('architecture')), weights=str(encoder.pop('weights')),
            precision=str(data.get('precision', 'auto')),
            encoder=_settings(EncoderSettings, encoder, path),
            decision=_decision(dict(data.get('decision') or {}), path),
            nouns=str(data.get('nouns', Profile.nouns)))
    except ModelError:
        raise
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError, OSError,
            RecursionError) as error:
        raise ModelError(f'The profile {path} cannot be read: {error!r:.200}. '
                         'Compare it with a packaged one.') from error
    if profile.language not in RULES:
        raise ModelError(f'{path}: language is {profile.language!r:.100}; '
                         f'expected one of {", ".join(RULES)}.')
    check_precision(profile.precision)
    if profile.proposals.get('source') not in SOURCES:
        raise ModelError(f'{path}: proposals.source is {profile.proposals.get("source")!r:.100}; '
                         f'expected one of {", ".join(SOURCES)}.')
    return profile


def with_clip(profile: Profile, architecture: str, weights: str) -> Profile:
    """Return a profile with another CLIP model.

    Args:
        profile: The profile.
        architecture: open_clip's name or a config file; '' for the profile's own. Without weights
            it takes those that ``ris models list`` has for it.
        weights: Weights file; '' for the profile's own.

    Raises:
        ModelError: There are no known weights of the architecture.
    """
    if architecture and not weights:
        weights = find_clip(architecture).place
    return replace(profile, architecture=architecture or profile.architecture,
                   weights=weights or profile.weights)


def _decision(values: dict[str, Any], path: Path) -> DecisionSettings:
    """Build the decision's settings with the calibration within them."""
    calibration = _settings(Calibration, values.pop('calibration', {}), path)
    return _settings(DecisionSettings, {**values, 'calibration': calibration}, path)


def _settings(kind: type[SettingsType], values: dict[str, Any],
              path: Path) -> SettingsType:
    """Build a settings dataclass; lists become tuples, unknown names are an error."""
    known = {item.name for item in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ModelError(f'{path}: unknown settings {", ".join(unknown)}; '
                         f'expected some of {", ".join(sorted(known))}.')
    if misfit := find_misfit(kind, values, _RANGES):
        raise ModelError(f'{path}: {misfit}.')
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _is_file(path: Path) -> bool:
    """Return whether a path is that of a file; one that is too long or odd is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
