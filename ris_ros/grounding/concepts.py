# SPDX-License-Identifier: Apache-2.0
"""The nouns of a command are looked for in the picture: the model proposes, the scorer decides."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ris_ros.chunks import no_pause
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.geometry.masks import ious
from ris_ros.grounding.appearance import GENERAL_NOUNS, VISUAL_RELATIONS
from ris_ros.grounding.relations import is_viewer
from ris_ros.index.scene_index import Measurements, SceneIndex
from ris_ros.language.query import Query, Relation
from ris_ros.proposals.concepts import ConceptMasks, ConceptProposer

# Masks with a higher IoU are outlines of one thing.
_SAME_THING = 0.5
# The probability that a proposal is what a noun names although the model did not find it, and the
# greatest one, because no model is that sure.
_OVERLOOKED, _SURE = 0.01, 0.99


class ConceptSearch:
    """Adds to a scene what its picture shows of the nouns of a query.

    What was found is kept for the last picture, so that a second command costs only its new nouns.
    """

    def __init__(self, proposer: ConceptProposer, encoder: Encoder) -> None:
        self._proposer, self._encoder = proposer, encoder
        self._built: Measurements | None = None
        self._found: dict[str, tuple[ConceptMasks, np.ndarray]] = {}
        self._scene: SceneIndex | None = None

    def for_another_camera(self) -> ConceptSearch:
        """Return a search with the same models that has found nothing yet."""
        return ConceptSearch(self._proposer, self._encoder)

    def look_for(self, scene: SceneIndex, query: Query) -> SceneIndex:
        """Return the scene with the masks of all that the query names, and how sure each is.

        Args:
            scene: The index of a frame. If it knows the nouns already, it is returned as it is.
            query: The parsed command.
        """
        nouns = nouns_of(query)
        if set(nouns) <= set(scene.noun_chances):
            return scene
        frame = scene.built.frame
        if self._built is not scene.built:
            self._built, self._found, self._scene = scene.built, {}, None
        for noun in nouns:
            if noun not in self._found:
                concept = self._proposer.find(frame, noun)
                self._found[noun] = concept, encode(
                    self._encoder, frame.image, concept.masks, None, None, no_pause).features
        if self._scene is None or {*nouns} != {*self._scene.noun_chances}:
            self._scene = _joined(scene, {noun: self._found[noun] for noun in nouns})
        return self._scene if self._scene.frame is scene.frame else self._scene.seen_again(
            scene.frame)


def nouns_of(query: Query) -> tuple[str, ...]:
    """Return the nouns of the target and of all anchors that can be looked for in a picture."""
    heads = [query.head, *_anchor_nouns(query.relations), *_anchor_nouns(query.negated_relations)]
    return tuple(dict.fromkeys(head for head in heads if head and head not in GENERAL_NOUNS))


def _anchor_nouns(relations: tuple[Relation, ...]) -> Iterator[str | None]:
    """Yield the nouns of anchors and of their own anchors."""
    for relation in relations:
        anchors = relation.each_anchor
        if is_viewer(anchors) or relation.type in VISUAL_RELATIONS:
            continue
        for anchor in anchors:
            yield anchor.head
            yield from _anchor_nouns(anchor.relations)


def _joined(scene: SceneIndex, found: dict[str, tuple[ConceptMasks, np.ndarray]]) -> SceneIndex:
    """Return the scene with what was found, in place of its own outlines of the same things."""
    concepts = [concept for concept, _ in found.values()]
    masks = np.concatenate([concept.masks for concept in concepts])
    own = ~(ious(scene.masks, masks) > _SAME_THING).any(1)
    masks = np.concatenate([masks, scene.masks[own]])
    features = np.concatenate([*(features for _, features in found.values()),
                               scene.features[own]])
    chances = {noun: _chances(masks, concept) for noun, (concept, _) in found.items()}
    return replace(SceneIndex.of(scene.built.frame, masks, features), noun_chances=chances)


def _chances(masks: np.ndarray, concept: ConceptMasks) -> np.ndarray:
    """Return the (N,) probabilities that proposals are what a noun names."""
    same = ious(masks, concept.masks) > _SAME_THING
    chances = np.where(same, concept.scores, _OVERLOOKED).max(1, initial=_OVERLOOKED)
    return np.minimum(chances, _SURE)
