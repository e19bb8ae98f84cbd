# SPDX-License-Identifier: Apache-2.0
"""Names things by the nouns that a profile's model knows, as far as their chances are fair."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
import torch

from ris_ros.errors import ModelError
from ris_ros.grounding.appearance import Appearance
from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.contrast import Contrast
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.household import COLOURS
from ris_ros.models.registry import find_model_file

# A noun or a colour is named from this probability on; with less it may be the one.
_FAIR, _MAY_BE = 0.5, 0.25


@dataclass(frozen=True)
class Name:
    """What a thing looks like.

    Attributes:
        noun: The likeliest noun.
        chance: Probability that it is one.
        colour: The likeliest colour.
        colour_chance: Probability that it has that colour.
    """

    noun: str
    chance: float
    colour: str
    colour_chance: float

    @property
    def words(self) -> str:
        """What it is called: 'red mug', 'mug', 'red thing', or 'something'."""
        colour = self.colour if self.colour_chance >= _FAIR else ''
        noun = self.noun if self.chance >= _FAIR else 'thing' if colour else ''
        return f'{colour} {noun}'.strip() or 'something'

    @property
    def is_known(self) -> bool:
        """Whether the noun is likely enough to be said."""
        return self.chance >= _FAIR

    @property
    def guess(self) -> str:
        """A noun that it may be although that is not likely enough to be said; else ''."""
        return self.noun if _MAY_BE <= self.chance < _FAIR else ''


def read_nouns(file: str) -> tuple[str, ...]:
    """Read the nouns that a model knows, one a line.

    Args:
        file: Name of a profile's file.

    Raises:
        ModelError: It cannot be read, or holds none.
    """
    path = find_model_file(file)
    try:
        nouns = tuple(line.strip() for line in path.read_text().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f'The list of nouns {path} cannot be read: {error}.') from error
    if not nouns:
        raise ModelError(f'The list of nouns {path} is empty; expected one noun a line.')
    return nouns


def name_things(scene: SceneIndex, objects: Sequence[int] | np.ndarray, nouns: Sequence[str],
                appearance: Appearance, calibration: Calibration,
                contrast: Contrast | None = None) -> list[Name]:
    """Name proposals of a scene.

    With a fit, the scores of all nouns, and the score at which an object fits a phrase with a
    probability of one half, become probabilities of exactly one of them by a softmax. Without one,
    the contrast gives the odds that "the mug" means the object, as it does for a command.

    Args:
        scene: The scene.
        objects: (K,) numbers of proposals.
        nouns: Those that the model knows.
        appearance: Compares proposals with words.
        calibration: How scores become probabilities.
        contrast: Contrasts the same nouns with others where nothing was fitted, else None.
    """
    if not len(objects):
        return []
    if contrast is not None:
        by_noun, by_colour = (chances[np.asarray(objects)]
                              for chances in contrast.name_chances(scene.features))
        nouns = contrast.names
    else:
        features = torch.from_numpy(scene.features[np.asarray(objects)])
        by_noun = _chances(_scores(features, nouns, appearance), calibration)
        by_colour = _chances(_scores(features, [f'{colour} thing' for colour in COLOURS],
                                     appearance), calibration)
    return [Name(nouns[noun.argmax()], float(noun.max()), COLOURS[colour.argmax()],
                 float(colour.max()))
            for noun, colour in zip(by_noun, by_colour, strict=True)]


def _scores(features: torch.Tensor, phrases: Sequence[str], appearance: Appearance) -> np.ndarray:
    """Return the (K, P) scores of (K, D) features for phrases."""
    return np.stack([appearance.rate(features, f'the {phrase}', f'the {phrase}', ()).numpy()
                     for phrase in phrases], axis=1)


def _chances(scores: np.ndarray, calibration: Calibration) -> np.ndarray:
    """Return the (K, P) probabilities of exactly one phrase each; what is missing to 1 is none."""
    if calibration.midpoint is None:
        none = np.full(len(scores), scores.max(initial=0.0) - calibration.doubt)
    else:
        none = np.full(len(scores), calibration.midpoint)
    logits = calibration.slope * np.column_stack([scores, none])
    return softmax(logits, axis=1)[:, :-1]
