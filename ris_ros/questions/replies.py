# SPDX-License-Identifier: Apache-2.0
"""Answers questions about a scene: the objects that they are about, their count, and a sentence."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
import re

import numpy as np

from ris_ros.grounding.appearance import Appearance
from ris_ros.grounding.contrast import Contrast
from ris_ros.grounding.decision import DecisionSettings, decide, doubt_note
from ris_ros.grounding.ordering import SIZE_WORDS
from ris_ros.grounding.relations import is_surrounding, is_viewer
from ris_ros.grounding.result import Candidate, Grounding, make_candidate
from ris_ros.grounding.scoring import Scorer, as_query
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity, Query
from ris_ros.language.questions import Question, QuestionKind
from ris_ros.questions.naming import Name, name_things
from ris_ros.questions.neighbours import tell_neighbour
from ris_ros.questions.sentences import (
    ABLE,
    FITS,
    called,
    tell_colour,
    tell_count,
    tell_existence,
    tell_identity,
    tell_other,
)
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.questions.wording import (
    capital,
    counted,
    definite,
    noun_phrase,
    number_word,
    with_article,
)
from ris_ros.status import Status

# An object may be one that is asked about from this probability on.
_MAY_FIT = 0.2
# Most objects whose places are told in one sentence.
_MOST_PLACES = 3
# Doubtful objects that are shown beside the answer.
_SHOWN = 10
_SUPERLATIVE = re.compile(r'\w+est|most')
_EVERYTHING = Query('all the objects', 'all the objects', 'all the objects', 'object',
                    sentence='all the objects', phrase='all the objects', quantity=Quantity.ALL)
_LISTS = frozenset({QuestionKind.SCENE, QuestionKind.PLACE})


@dataclass(frozen=True, eq=False)
class Respondent:
    """Answers questions about one scene.

    Attributes:
        scene: The scene.
        appearance: Compares its proposals with words.
        settings: Those of the profile.
        nouns: Those that the model knows.
        viewer: Who places are told from.
        pointed: Number of the proposal that 'this thing' means as an anchor; None for none.
        contrast: Contrasts words with others where the profile was not calibrated, else None.
    """

    scene: SceneIndex
    appearance: Appearance
    settings: DecisionSettings
    nouns: tuple[str, ...]
    viewer: Viewer = CAMERA
    pointed: int | None = None
    contrast: Contrast | None = None

    def answer(self, question: Question, query: Query,
               excluded: Sequence[np.ndarray] = ()) -> Grounding:
        """Answer a question.

        Args:
            question: The question.
            query: The objects that it is about, read from the question's text or, for OTHER, from
                the whole text.
            excluded: (H, W) bool masks of objects that are not meant.

        Returns:
            The answer with the status ANSWERED; its first candidates are the objects.
        """
        if question.kind is QuestionKind.SCENE:
            query = _EVERYTHING
        if question.kind in _LISTS:
            return self._list(question, query, excluded)
        if question.kind in (QuestionKind.COUNT, QuestionKind.EXISTENCE):
            return self._count(question, query, excluded)
        if (word := _unknown_superlative(query)) and question.kind is QuestionKind.CHOICE:
            return self._finish(question, query, Grounding(
                Status.ANSWERED, f'I cannot tell which is the {word}. {ABLE}', query.expression,
                query.target, calibrated=self._is_calibrated))
        beliefs = self._scorer.score(query, excluded)
        decided = decide(query, beliefs, self.settings, self.scene)
        if decided.status is Status.NOT_FOUND:
            seen = (decided.message if beliefs.has_lookalike
                    else f'I see no {noun_phrase(query, query.quantity is Quantity.ALL)}.')
            return self._finish(question, query, replace(decided, message=seen))
        return self.tell(question, query, decided)

    def tell(self, question: Question, query: Query, found: Grounding) -> Grounding:
        """Answer a question about objects that are known already, as after 'where is it'.

        Args:
            question: The question.
            query: What the objects are called.
            found: The objects: the status is FOUND, AMBIGUOUS or NOT_FOUND.
        """
        if not found.count:
            return self._finish(question, query, found)
        return self._finish(question, query, replace(
            found, message=self._sentence(question.kind, query, found)))

    def _sentence(self, kind: QuestionKind, query: Query, found: Grounding) -> str:
        """Say what is asked of objects that were found."""
        match kind:
            case QuestionKind.COUNT:
                return tell_count(query, found)
            case QuestionKind.EXISTENCE:
                return tell_existence(query, found)
            case QuestionKind.WHERE:
                return self._tell_where(query, found)
            case QuestionKind.CHOICE:
                return self._tell_choice(query, found)
            case QuestionKind.IDENTITY:
                return tell_identity(self._first_names(found))
            case QuestionKind.COLOUR:
                return tell_colour(query, found, self._first_names(found))
        return tell_other(query)

    def _first_names(self, found: Grounding) -> list[Name]:
        """Name the first objects of an answer, as many as one sentence holds."""
        return self.name([one.proposal for one in found.objects[:_MOST_PLACES]])

    def name(self, objects: Sequence[int] | np.ndarray) -> list[Name]:
        """Name proposals."""
        contrast = self.contrast if self._scorer.is_contrasted else None
        return name_things(self.scene, objects, self.nouns, self.appearance,
                           self.settings.calibration, contrast)

    def _list(self, question: Question, query: Query,
              excluded: Sequence[np.ndarray]) -> Grounding:
        """Name the objects of the scene, or those at a place."""
        anchors = [anchor for relation in query.relations for anchor in relation.anchors
                   if not (is_surrounding((anchor,)) or is_viewer((anchor,)))]
        for anchor in anchors:
            beliefs = self._scorer.find_anchor(anchor)
            if not (beliefs.likely >= _MAY_FIT).any():
                text = noun_phrase(as_query(anchor), several=False)
                return self._finish(question, query, Grounding(
                    Status.ANSWERED, f'I see no {text}.', query.expression, query.target,
                    confidence=beliefs.none, calibrated=self._is_calibrated))
            # "What is left of the bowl" does not ask for the bowl.
            excluded = (*excluded, self.scene.masks[beliefs.masks[beliefs.likely.argmax()]])
        if question.kind is QuestionKind.PLACE and not (query.relations or query.position):
            return self._finish(question, query, Grounding(
                Status.ANSWERED, f'I do not understand which place "{question.rest}" is. {ABLE}',
                query.expression, query.target))
        fitting, likely = self._fitting(query, excluded)
        sure = likely >= FITS
        objects, chances = fitting[sure], likely[sure]
        order = np.argsort(self.scene.layout.centres[objects, 0], kind='stable')
        names = self.name(objects[order])
        place = f' {question.rest}' if question.rest else ''
        words = counted([name.words for name in names]) or 'nothing'
        doubtful = [name.guess for name in names if name.guess]
        doubt = (f' One of the things may be {with_article(doubtful[0])}.' if len(doubtful) == 1
                 else '')
        candidates = tuple(
            replace(make_candidate(self.scene, int(objects[row]), 0.0, float(chances[row]),
                                   is_answer=True), name=called(name, _EVERYTHING))
            for row, name in zip(order, names, strict=True))
        return self._finish(question, query, Grounding(
            Status.ANSWERED, f'I see {words}{place}.{doubt}', query.expression, query.target,
            candidates=candidates, count=len(candidates), confidence=_least(likely),
            calibrated=self._is_calibrated))

    def _count(self, question: Question, query: Query,
               excluded: Sequence[np.ndarray]) -> Grounding:
        """Count the objects that fit, and say how many more may fit."""
        found, likely = self._fitting(query, excluded)
        order = np.argsort(-likely, kind='stable')
        sure = int((likely >= FITS).sum())
        shown = [row for row in order if likely[row] >= _MAY_FIT][:max(sure, _SHOWN)]
        candidates = tuple(make_candidate(
            self.scene, int(found[row]), 0.0, float(likely[row]), is_answer=rank < sure)
            for rank, row in enumerate(shown))
        # Whether there is one is surer than how many there are.
        chance = _least(likely)
        if question.kind is QuestionKind.EXISTENCE and query.count is None and len(likely):
            chance = float(likely.max()) if sure else float(np.prod(1 - likely))
        grounding = Grounding(
            Status.ANSWERED, '', query.expression, query.target, candidates=candidates, count=sure,
            confidence=chance, calibrated=self._is_calibrated)
        return self._finish(question, query, replace(
            grounding, message=self._sentence(question.kind, query, grounding)))

    def _fitting(self, query: Query,
                 excluded: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the objects in question and (K,) how probably each fits.

        Who asks how many there are does not imply that there are several.
        """
        plain = not (query.position or query.relations or query.negated_relations)
        if plain and query.head not in ('object', 'thing', 'item'):
            query = replace(query, quantity=Quantity.ONE, sentence=_looks(query),
                            phrase=_looks(query))
        beliefs = self._scorer.score(query, excluded)
        return beliefs.masks, beliefs.likely

    def _tell_where(self, query: Query, found: Grounding) -> str:
        """Say where the objects are."""
        places = [self._place(candidate, query) for candidate in found.objects[:_MOST_PLACES]]
        note = self._missing_metres(found.objects[0])
        if found.count == 1 and found.status is not Status.AMBIGUOUS:
            return capital(f'{definite(query)} is {places[0]}.{note}')
        if found.count == 1:
            return f'One thing may be {definite(query)}: it is {places[0]}.{note}'
        what = (f'{number_word(found.count)} things may be {definite(query)}'
                if found.status is Status.AMBIGUOUS
                else f'I see {number_word(found.count)} {noun_phrase(query, several=True)}')
        told = '; '.join(f'number {n} is {place}' for n, place in enumerate(places, 1))
        return capital(f'{what}: {told}.{note}')

    def _tell_choice(self, query: Query, found: Grounding) -> str:
        """Say which one it is: what it looks like, and where it is."""
        names = self._first_names(found)
        told = [f'{with_article(called(name, query) or "something")} {self._place(one, query)}'
                for name, one in zip(names, found.objects, strict=False)]
        be = 'is' if found.count == 1 else 'are'
        if found.status is Status.AMBIGUOUS:
            be = 'may be' if found.count == 1 else 'may be one of these:'
        return capital(f'{definite(query)} {be} {"; ".join(told)}.')

    def _place(self, candidate: Candidate, query: Query) -> str:
        """Tell where an object is: from the viewer and from its neighbour."""
        place = self.viewer.tell(candidate.location, self.scene.frame.size)
        beside = tell_neighbour(self.scene, candidate.proposal, query.head or '', self.things,
                                self._names, self.settings.viewpoint)
        return f'{place}, {beside}' if beside else place

    def _missing_metres(self, candidate: Candidate) -> str:
        """Say why a place is told without metres, or not from the robot; else ''."""
        if candidate.position is not None:
            return f' {self.viewer.note}' if self.viewer.note else ''
        return f' {candidate.position_note}' if candidate.position_note else ''

    @cached_property
    def _scorer(self) -> Scorer:
        """What scores the objects."""
        return Scorer(self.scene, self.appearance, self.settings, self.pointed, self.contrast)

    @cached_property
    def things(self) -> np.ndarray:
        """(K,) numbers of the proposals that are things of their own."""
        found, likely = self._fitting(_EVERYTHING, ())
        return found[likely >= FITS]

    @cached_property
    def _names(self) -> list[Name]:
        """The names of these things."""
        return self.name(self.things)

    @property
    def _is_calibrated(self) -> bool:
        return self.settings.calibration.fitted

    def _finish(self, question: Question, query: Query, grounding: Grounding) -> Grounding:
        """Give an answer its status, its kind and the names of its objects."""
        nameless = [one for one in grounding.objects if not one.name]
        names = dict(zip(map(id, nameless), self.name([one.proposal for one in nameless]),
                         strict=True))
        candidates = tuple(
            replace(one, name=called(names[id(one)], query)) if id(one) in names else one
            for one in grounding.candidates)
        note = doubt_note(self.settings.calibration, self._scorer.is_contrasted)
        message = grounding.message.removesuffix(note) + note
        return replace(grounding, status=Status.ANSWERED, message=message, candidates=candidates,
                       question=question.kind)


def _looks(query: Query) -> str:
    """Return the words for the looks of one of a plural: 'the red mug' of 'all the red mugs'."""
    return f'the {noun_phrase(query, several=False)}'.lower()


def _least(likely: np.ndarray) -> float:
    """Return how sure the least certain object is, in the answer or left out of it.

    The errors for one phrase depend on each other; the product of all would be far too low.
    """
    return float(np.maximum(likely, 1 - likely).min(initial=1.0))


def _unknown_superlative(query: Query) -> str:
    """Return a superlative that nothing in a picture tells, such as 'heaviest'; else ''."""
    if query.position:
        return ''
    return next((word for word in query.attributes if _SUPERLATIVE.fullmatch(word)
                 and word not in SIZE_WORDS), '')
