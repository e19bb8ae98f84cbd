# SPDX-License-Identifier: Apache-2.0
"""Scores the objects of a scene for a query: how probable it is that each of them is meant.

There is one rule. Appearance gives the probability that an object looks like the noun phrase. Each
relation, and each thing that the query denies, is a factor between 0 and 1. The factor of a
relation is its geometric predicate, averaged over the objects that its anchor may be; the anchor is
grounded by the same rule. Positions and sizes then choose by rank among the objects that fit. "None
of them" and "several of them" are hypotheses like the others.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import expit, logit
import torch

from ris_ros.grounding.appearance import (
    VISUAL_RELATIONS,
    Appearance,
    appearance_query,
    fits_every_object,
    names_furniture,
    says_only_the_noun,
)
from ris_ros.grounding.confidence import Beliefs, count_chances
from ris_ros.grounding.contrast import PRIORS, Contrast, ContrastScores
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.grounding.ordering import (
    SIZE_WORDS,
    chance_of_fewer,
    chance_of_rank,
    find_order,
    in_half,
    of_size,
)
from ris_ros.grounding.relations import (
    AnchorPairs,
    is_surrounding,
    is_viewer,
    related_to_anchor,
    related_to_pair,
    related_to_viewer,
)
from ris_ros.grounding.spatial import DOUBT, RELATIONS, seen_by
from ris_ros.index.outlines import rank, same_object
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.pointing import is_pointed
from ris_ros.language.query import Anchor, Quantity, Query, Relation, RelationType

# At most this many objects of a picture are told apart; the ones that look most like the phrase.
MOST_OBJECTS = 64
# Who says 'the leftmost mug', 'the mug left of the bowl' or 'the mugs' sees several mugs, so each
# object is likelier to be one; by these log-odds.
_SEVERAL_THERE = 1.0
_LIES_IN = frozenset({RelationType.ON, RelationType.IN, RelationType.PART_OF})
# For "the third thing" each proposal is a thing or none; its odds, which were fitted one by one,
# are raised to this power and by these log-odds. One in a larger outline is mostly a part, and one
# of "all the things" is never sure.
_THING_POWER, _THING_THERE = 2.0, 1.0
_ANY_OBJECT, _ANY_PART = 0.95, 0.2
# Who picks one of several by its place means things; the doubt counts by this share, because the
# looks tell of it, too.
_THING_SHARE = 0.5
# Of twenty things that are meant, one is not on the surface on which things stand; in log-odds.
_ELSEWHERE = -3.0
# What looks less like the words than the best one by this much, in log-odds, is half as likely; and
# the softness of that border.
_BEHIND_BEST, _BEHIND_SOFTNESS = 4.0, 1.2
# No object fits where "none" is likelier than this, and then an anchor may be what is missing.
_NO_OBJECT = 0.5
# "The leftmost mug" tells that there are several. If fewer are seen, the one that is meant may be
# among those that are not, with this probability.
_UNSEEN = 0.5


@dataclass(frozen=True, eq=False)
class Scorer:
    """Scores the objects of one scene.

    Attributes:
        scene: The scene.
        appearance: Compares the features of its proposals with words.
        settings: Those of the profile.
        pointed: Number of the proposal that 'this thing' means as an anchor; None where nothing is
            pointed at.
        contrast: Gives the chances of phrases where the settings are `contrasted`.
    """

    scene: SceneIndex
    appearance: Appearance
    settings: DecisionSettings
    pointed: int | None = None
    contrast: Contrast | None = None
    # What an anchor may be is asked for its relation and for the message; without a memory each
    # level of "next to the box next to the box ..." would double the work.
    _anchors: dict[Anchor, Beliefs] = field(default_factory=dict, init=False, repr=False)

    def score(self, query: Query, excluded: Sequence[np.ndarray] = (),
              anywhere: bool = False) -> Beliefs:
        """Score the objects for a query.

        Args:
            query: The query; its expression must not be None.
            excluded: (H, W) bool masks of objects that are not meant.
            anywhere: Whether furniture and other things that do not stand on the main surface are
                as likely as others, as for the anchor of a relation.
        """
        scene, settings = self.scene, self.settings
        fits_all = fits_every_object(query)
        seen = appearance_query(query)
        scores, contrasted = self.appearance_scores(seen), self._contrasted(seen)
        if fits_all:  # the order of the proposals tells more than how they look
            scores = np.full_like(scores, scores.max(initial=0.0))
        margin = max(settings.outline_margin, contrasted.spread if contrasted else 0.0)
        found = [(mask, score) for mask, score in rank(
            scores, scene.overlaps, margin, MOST_OBJECTS + len(excluded))
            if not any(same_object(scene.masks[mask], other) for other in excluded)][:MOST_OBJECTS]
        masks = np.array([mask for mask, _ in found], int)
        kept = np.array([score for _, score in found])
        if not found:
            nothing = np.zeros(0)
            return Beliefs(masks, kept, nothing, nothing, nothing, 1.0, 0.0)
        # A proposal in a larger outline is mostly a part of an object, unless the query says that
        # the object lies in another one.
        parts = scene.parts[masks] & (not _LIES_IN & {one.type for one in query.relations})
        if contrasted:
            looks = expit(contrasted.at(masks, parts, settings.part_penalty))
        else:
            looks = settings.calibration.fits(
                kept - settings.part_penalty * parts, float(scores.max()))
        if (chances := scene.noun_chances.get(query.head or '')) is not None:
            looks = chances[masks] * (1 if says_only_the_noun(query) else looks)
        if _implies_several(query):
            looks = expit(logit(looks) + _SEVERAL_THERE)
        if fits_all:
            most = _ANY_OBJECT if query.quantity is Quantity.ALL else 1.0
            looks = np.where(parts, _ANY_PART, most) * expit(
                _THING_POWER * scene.thing_odds[masks] + _THING_THERE)
        if not anywhere and not names_furniture(query):
            looks = self._on_surface(query, masks, looks, fits_all)
        if (_implies_several(query) and query.quantity is not Quantity.ALL
                and not fits_all and not anywhere):
            odds = logit(looks)
            looks = looks * expit((odds - odds.max() + _BEHIND_BEST) / _BEHIND_SOFTNESS) / expit(
                _BEHIND_BEST / _BEHIND_SOFTNESS)
        return self._weigh(query, masks, kept, looks)

    def _on_surface(self, query: Query, masks: np.ndarray, looks: np.ndarray,
                    fits_all: bool) -> np.ndarray:
        """Doubt the (K,) looks of what is elsewhere, or no thing where one of several is picked."""
        doubt = _ELSEWHERE * (1 - self.scene.supported[masks])
        if _implies_several(query) and not fits_all:
            doubt = doubt + _THING_SHARE * np.minimum(0, self.scene.thing_odds[masks])
        return expit(logit(looks) + doubt)

    def appearance_scores(self, query: Query) -> np.ndarray:
        """Return the (N,) scores of the proposals for the texts of a query, without geometry."""
        if not len(self.scene.masks):
            return np.zeros(0)
        anchors = [relation.anchor.lower() for relation in query.relations]
        return self.appearance.rate(torch.from_numpy(self.scene.features), query.sentence,
                                    query.phrase, anchors).numpy()

    @property
    def is_contrasted(self) -> bool:
        """Whether a contrast tells which objects look like a phrase."""
        return self._contrast_used is not None

    @property
    def _contrast_used(self) -> Contrast | None:
        """The contrast where the settings want it."""
        return self.contrast if self.settings.contrasted else None

    def _contrasted(self, seen: Query) -> ContrastScores | None:
        """Contrast the words about looks with other words; return None without masks."""
        contrast = self._contrast_used
        if contrast is None or not len(self.scene.masks):
            return None
        return contrast.judge(self.scene.features, seen)

    def _weigh(self, query: Query, masks: np.ndarray, scores: np.ndarray,
               looks: np.ndarray) -> Beliefs:
        """Weigh the (K,) probabilities that objects look right by all else in the query."""
        layout, viewpoint = self.scene.layout, self.settings.viewpoint
        plural, words = query.quantity is Quantity.ALL, _words(query)
        position_chooses = not plural or query.count is not None
        likely = looks * self._not_denied(query, masks, scores)
        if query.position and (sizes := [word for word in words if word in SIZE_WORDS]):
            likely = likely * of_size(sizes[0], layout, masks, likely)
        if query.position and not position_chooses:
            likely = likely * in_half(query.position, layout, masks, viewpoint)
        # 'Near' comes last, because it compares the object with the others that fit.
        for relation in sorted(query.relations, key=lambda one: one.type is RelationType.NEAR):
            likely = likely * self._related(relation, masks, likely if position_chooses else None)
        order = find_order(query.position, words, layout, masks, likely, viewpoint)
        if order is not None and position_chooses:
            chosen = chance_of_rank(order, likely, (plural and query.count) or 1)
            none = chance_of_fewer(likely, order.number)
            unseen = _UNSEEN * chance_of_fewer(looks, 2) if order.number == 1 and not plural else 0
            alone = chosen * (1 - unseen)
            several = unseen * float(chosen.sum())
            likely = chosen
        else:
            none, alone, several = count_chances(likely)
        priors = PRIORS if self.is_contrasted else self.settings.calibration
        none, alone, several = priors.weigh(none, alone, several)
        missing = self._unseen_anchor(query) if none > _NO_OBJECT else ''
        return Beliefs(masks, scores, looks, likely, alone, none, several, self.is_contrasted,
                       missing)

    def _unseen_anchor(self, query: Query) -> str:
        """Return the first anchor that nothing looks like, though a place depends on it, or ''."""
        for relation in query.relations:
            anchors = relation.each_anchor
            if relation.type in VISUAL_RELATIONS or is_surrounding(anchors) or is_viewer(anchors):
                continue
            for anchor in anchors:
                if not self.find_anchor(anchor).has_lookalike:
                    return anchor.text
        return ''

    def _not_denied(self, query: Query, masks: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return the (K,) probabilities that nothing that the query denies is true of an object."""
        kept = np.ones(len(masks))
        for attribute in query.negated_attributes:
            if attribute in SIZE_WORDS:
                kept = kept * (1 - of_size(attribute, self.scene.layout, masks, kept))
                continue
            text = f'{attribute} {query.head or "thing"}'
            seen = replace(query, sentence=text, phrase=text, relations=(),
                           attributes=(attribute,))
            denied = self.appearance_scores(seen)
            # What fits "red mug" better than "mug" is red, whatever the threshold says.
            if contrasted := self._contrasted(seen):
                chance = expit(contrasted.at(masks))
            else:
                chance = self.settings.calibration.fits(denied[masks], float(denied.max()))
            kept = kept * (1 - np.where(denied[masks] > scores,
                                        np.maximum(chance, 1 - DOUBT), chance))
        for relation in query.negated_relations:
            kept = kept * (1 - self._related(relation, masks, None, missing=0.0))
        return kept

    def find_anchor(self, anchor: Anchor) -> Beliefs:
        """Score the objects that the anchor of a relation may be."""
        if self.pointed is not None and is_pointed(anchor):
            return Beliefs.certain(self.pointed)
        if anchor not in self._anchors:
            self._anchors[anchor] = self.score(as_query(anchor), anywhere=True)
        return self._anchors[anchor]

    def _related(self, relation: Relation, objects: np.ndarray, rivals: np.ndarray | None,
                 missing: float | None = None) -> np.ndarray:
        """Return the (T,) probabilities that (T,) objects stand in a relation to its anchor.

        ``rivals`` and ``missing`` are those of `related_to_anchor`. By default a missing anchor
        denies the relation unless it is one that proposals seldom show.
        """
        kind = seen_by(relation.type, self.settings.viewpoint)
        anchors = relation.each_anchor
        if missing is None:
            missing = float(is_surrounding(anchors) or kind in VISUAL_RELATIONS)
        if is_viewer(anchors):
            return related_to_viewer(relation.type, self.scene.layout, objects, rivals,
                                     self.settings.viewpoint)
        if kind is RelationType.BETWEEN:
            found = [self.find_anchor(anchor) for anchor in anchors[:2]]
            pairs = (AnchorPairs.of_one_kind(*found) if len(found) == 1
                     else AnchorPairs.of_two_kinds(self.scene, *found))
            return related_to_pair(self.scene, objects, pairs, missing)
        if kind not in RELATIONS:
            return np.full(len(objects), missing)
        anchor = self.find_anchor(anchors[0])
        return related_to_anchor(kind, self.scene, objects, anchor, rivals, missing)


def as_query(anchor: Anchor) -> Query:
    """Make the query that looks for an anchor."""
    text = anchor.text.lower()
    plural = anchor.head is not None and anchor.head not in text.split()  # "the two bowls"
    return Query(anchor.text, text, text, anchor.head, anchor.position, anchor.relations,
                 sentence=text, phrase=text, attributes=anchor.attributes,
                 quantity=Quantity.ALL if plural else Quantity.ONE)


def _implies_several(query: Query) -> bool:
    """Tell whether a query tells an object from others of its kind, or means several."""
    return bool(query.position or query.relations or query.negated_relations
                or query.quantity is Quantity.ALL or SIZE_WORDS & {*_words(query)})


def _words(query: Query) -> list[str]:
    """Return the words of the target and the query's attributes, lower case."""
    return [*(query.target or '').lower().split(), *query.attributes]
