# SPDX-License-Identifier: Apache-2.0
"""Parse a robot command into a query: which object it means, and what tells that one apart."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ris_ros.errors import CommandError, ModelError
from ris_ros.language.clauses import Clause, find_clauses
from ris_ros.language.english_model import load_nlp
from ris_ros.language.ignored_words import ignored_words
from ris_ros.language.mention import Mention
from ris_ros.language.nouns import ROOMS
from ris_ros.language.objects import find_mention
from ris_ros.language.other_languages import is_english, is_foreign_stop
from ris_ros.language.paper_rule import head_noun, noun_phrase, paper_doc
from ris_ros.language.query import Query
from ris_ros.language.query_builder import build_query
from ris_ros.language.questions import QuestionKind, find_question
from ris_ros.language.sentence import Sentence
from ris_ros.language.spelling import correct_spelling, misspellings
from ris_ros.language.tagging import tag_sentence
from ris_ros.language.text import check_command, normalise
from ris_ros.language.verbs import Role

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

RULES = ('command', 'paper')
# Letters of a refused command that are quoted.
_SHOWN = 60


class Language:
    """Turns texts into queries.

    The rule 'command' reads a robot command. It leaves politeness, verbs and destinations out of
    the expression, and encodes the expression and the target in lower case.

    The rule 'paper' reads a referring expression as Yu et al. (CVPR 2023) do. It encodes the
    re-joined lower-case text and its noun phrase, finds neither positions nor relations, and takes
    every text for a referring expression.
    """

    def __init__(self, nlp: SpacyLanguage, rule: str = 'command') -> None:
        """Prepare to parse.

        Args:
            nlp: spaCy's English model, as from load_nlp().
            rule: One of RULES.

        Raises:
            ModelError: The rule is unknown.
        """
        _check_rule(rule)
        self._nlp = nlp
        self._slips = misspellings(nlp.vocab.strings)
        self.rule = rule

    @classmethod
    def load(cls, rule: str = 'command') -> Language:
        """Load the spaCy model, which takes about a second.

        Args:
            rule: One of RULES.

        Raises:
            ModelError: The rule is unknown, or spaCy or its model is missing.
        """
        _check_rule(rule)
        language = cls(load_nlp(), rule)
        language.parse('pick up the red mug')  # so that the first command is as quick as the next
        return language

    def parse(self, text: str) -> Query:
        """Parse a command.

        Returns:
            The query; its expression is None where the text names nothing to segment.

        Raises:
            CommandError: The text is no string, blank or too long, or a command that is plainly not
                in English.
        """
        clean = check_command(text)
        if self.rule == 'paper':
            return self._parse_as_paper(text)
        if is_foreign_stop(clean):
            return Query(text, None, None, None)
        if not is_english(clean):
            raise CommandError(f'I understand English only, and {clean[:_SHOWN]!r} seems to be in '
                               'another language; say it in English, e.g. "the red mug".')
        s = tag_sentence(self._nlp, clean, correct_spelling(clean, self._slips))
        clauses = find_clauses(s)
        query, question = self._parse_command(text, s, clauses), find_question(s, clauses)
        if question and question.kind is QuestionKind.OTHER and query.expression is None:
            question = None  # "what time is it" is not about the scene
        return replace(query, question=question)

    def _parse_command(self, text: str, s: Sentence, clauses: Sequence[Clause]) -> Query:
        """Parse tagged words as a command: the object that it means, or that it forbids."""
        if mention := choose_mention(s, clauses):
            clause = next(one for one in clauses if one.start <= mention.start < one.end)
            return replace(build_query(text, s, mention),
                           ignored=ignored_words(s, clause, mention))
        forbidden = [replace(one, forbidden=False) for one in clauses if one.forbidden]
        if mention := choose_mention(s, forbidden):
            return replace(build_query(text, s, mention), forbidden=True)
        only_forbids = len(forbidden) == len(clauses) > 0  # "don't pick it up"
        return Query(text, None, None, None, forbidden=only_forbids)

    def _parse_as_paper(self, text: str) -> Query:
        """Parse by the paper's rule."""
        doc = paper_doc(self._nlp, normalise(text))
        phrase = noun_phrase(doc)
        return Query(
            text, doc.text, phrase, head_noun(doc), sentence=doc.text, phrase=phrase)


def _check_rule(rule: str) -> None:
    """Raise ModelError for an unknown rule."""
    if rule not in RULES:
        raise ModelError(f'The language rule is {rule!r}; it must be one of {", ".join(RULES)}.')


def choose_mention(s: Sentence, clauses: Sequence[Clause]) -> Mention | None:
    """Choose the object that a command means.

    That is the first one that the robot shall handle; else the last one that it shall move to;
    else the first one that is named.
    """
    found = [(_rank(s, clause, mention), mention) for clause in clauses
             if (mention := find_mention(s, clause))]
    if not found:
        return None
    role = min(role for role, _ in found)
    mentions = [mention for r, mention in found if r == role]
    return mentions[-1] if role is Role.MOVE else mentions[0]


def _rank(s: Sentence, clause: Clause, mention: Mention) -> Role:
    """Return the clause's role, where a room that the robot shall find is a place to go to."""
    is_room = mention.head is not None and s.word(mention.head) in ROOMS
    return max(clause.role, Role.MOVE) if is_room else clause.role
