# SPDX-License-Identifier: Apache-2.0
"""Test the model with true masks: which share of the expressions finds its object."""
from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ris_lab.training.captions import (
    KINDS,
    Attributes,
    Caption,
    CaptionFit,
    noun_phrase,
    phantom_phrase,
)
from ris_lab.training.colour_names import BASIC
from ris_lab.training.distractors import distractor_mask
from ris_lab.training.model import (
    Vocabulary,
    global_features,
    local_features,
    normalised,
    text_features,
)
from ris_lab.training.preprocess import square_crop, token_mask, whole_image
from ris_lab.training.scenes import LabelledScene, open_shards
from ris_lab.training.words import CATEGORY_WORDS

SENTENCES = ('pick up the {}', 'the {}', 'grab the {}', '{}')
GLOBAL_WEIGHTS = (0.0, 0.2, 0.3, 0.5, 1.0)
DEFAULT_WEIGHT = 0.2
DISTRACTORS = 4
# Not among captions.UNSEEN_WORDS.
NEW_NOUNS = ('telescope', 'trombone', 'cactus', 'violin', 'toaster', 'windmill', 'saddle', 'ladder')
NEW_NOUN, PHANTOM = 'new noun', 'phantom'


@dataclass(frozen=True, eq=False)
class Trial:
    """One expression against one scene.

    scores: (len(GLOBAL_WEIGHTS), N) on the 100-cosine scale, of the objects, then of wrong masks.
    matching: indices of the objects that the expression fits: one, none or several.
    things: the objects.
    """

    kind: str
    text: str
    matching: tuple[int, ...]
    scores: np.ndarray
    things: tuple[Attributes, ...]

    @property
    def target(self) -> int | None:
        """The one matching object; None where there is none or more than one."""
        return self.matching[0] if len(self.matching) == 1 else None

    def right(self, weight: float) -> bool:
        """Tell whether the best score is the target's."""
        return int(self.scores[GLOBAL_WEIGHTS.index(weight)].argmax()) == self.target


@dataclass(frozen=True, eq=False)
class Report:
    """All trials of a test."""

    trials: list[Trial]

    def count(self, kind: str) -> int:
        """Return the number of expressions of a kind that fit one object."""
        return sum(trial.kind == kind and trial.target is not None for trial in self.trials)

    def share(self, kind: str, weight: float = DEFAULT_WEIGHT) -> float:
        """Return the share of right answers to expressions of a kind."""
        right = [trial.right(weight) for trial in self.trials
                 if trial.kind == kind and trial.target is not None]
        return float(np.mean(right)) if right else float('nan')

    def shares(self) -> dict[str, dict[str, float]]:
        """Return the share of right answers by global weight and kind."""
        return {str(weight): {kind: round(self.share(kind, weight), 3) for kind in KINDS}
                for weight in GLOBAL_WEIGHTS}


def load_test_scenes(folder: Path, count: int, first: int = 0) -> list[LabelledScene]:
    """Read scenes of the test split that show at least two objects, from the first on."""
    scenes = (shard.scene(number) for shard in open_shards(folder, 'test')
              for number in range(len(shard)))
    telling = (scene for scene in scenes if len(scene.things) > 1)
    return list(islice(telling, first, first + count))


@torch.inference_mode()
def visual_features(clip: nn.Module, image: np.ndarray,
                    masks: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return the (N, D) unit global and local features of (N, H, W) bool masks."""
    crops = np.stack([square_crop(image, mask) for mask in masks])
    masks = np.stack([token_mask(mask) for mask in masks])
    whole = torch.from_numpy(whole_image(image)[None])
    owners = torch.zeros(len(masks), dtype=torch.long)
    crops, masks, whole, owners = (part.to(clip.logit_scale.device) for part in (
        torch.from_numpy(crops), torch.from_numpy(masks), whole, owners))
    return (global_features(clip, normalised(whole), masks, owners),
            local_features(clip, normalised(crops)))


def score(global_part: Tensor, local_part: Tensor, texts: Tensor) -> np.ndarray:
    """Return (weights, T, N) scores, 100 x cosine of the mixed features."""
    rows = []
    texts = torch.nn.functional.normalize(texts, dim=-1)
    for weight in GLOBAL_WEIGHTS:
        mixed = weight * global_part + (1 - weight) * local_part
        rows.append(100 * texts @ torch.nn.functional.normalize(mixed, dim=-1).T)
    return torch.stack(rows).cpu().numpy()


@torch.inference_mode()
def evaluate(clip: nn.Module, vocabulary: Vocabulary, scenes: list[LabelledScene],
             seed: int = 1, with_distractors: bool = False) -> Report:
    """Ask for every object that is not hidden by every kind of phrase, and for absent things."""
    clip.eval()
    rng = np.random.default_rng(seed)
    trials = []
    for scene in scenes:
        asked = [*_present(rng, scene), *_absent(rng, scene)]
        phrases = [caption.text for _, caption, _ in asked]
        sentences = [SENTENCES[int(rng.integers(len(SENTENCES)))].format(text) for text in phrases]
        texts = sum(text_features(clip, vocabulary.encode(kind).to(clip.logit_scale.device))
                    for kind in ([f'the {text}' for text in phrases], sentences)) / 2
        masks = scene.masks
        if with_distractors:
            drawn = [distractor_mask(rng, scene) for _ in range(DISTRACTORS)]
            masks = np.stack([*masks, *(wrong for wrong in drawn if wrong is not None)])
        scores = score(*visual_features(clip, scene.image, masks), texts)
        trials += [Trial(kind, sentence, matching, scores[:, number], scene.things)
                   for number, ((kind, _, matching), sentence) in enumerate(
                       zip(asked, sentences, strict=True))]
    clip.train()
    return Report(trials)


def _present(rng: np.random.Generator,
             scene: LabelledScene) -> list[tuple[str, Caption, tuple[int, ...]]]:
    asked = []
    for index, thing in enumerate(scene.things):
        for kind in KINDS:
            if index in scene.hidden or ('material' in kind and thing.material == 'plain'):
                continue
            if 'colour' in kind and not thing.colours():
                continue
            caption = noun_phrase(rng, thing, kind)
            matching = tuple(other for other, seen in enumerate(scene.things)
                             if caption.matches(seen))
            asked.append((kind, caption, matching))
    return asked


def _absent(rng: np.random.Generator,
            scene: LabelledScene) -> list[tuple[str, Caption, tuple[int, ...]]]:
    """Name things that are not there: a noun never seen, a phantom, and each kind at random."""
    noun = str(rng.choice(NEW_NOUNS))
    asked = [(NEW_NOUN, Caption(noun, absent=True), ())]
    phrases = [(PHANTOM, phantom_phrase(rng, scene.things))]
    for kind in KINDS[:3]:
        thing = Attributes(str(rng.choice(list(CATEGORY_WORDS))), str(rng.choice(BASIC)), 'plain')
        phrases.append((kind, noun_phrase(rng, thing, kind)))
    asked += [(kind, caption, ()) for kind, caption in phrases
              if all(caption.fit(other) is CaptionFit.NO for other in scene.things)]
    return asked
