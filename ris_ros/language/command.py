"""Parse a robot command: which object is meant, and how it is told apart."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ris_ros.errors import ModelError
from ris_ros.language.clauses import Clause, find_clauses
from ris_ros.language.mention import Mention, find_mention
from ris_ros.language.nouns import ROOMS, singular
from ris_ros.language.phrase import head_noun, noun_phrase, paper_doc
from ris_ros.language.positions import read_position
from ris_ros.language.query import Query, Relation
from ris_ros.language.sentence import Sentence, tag_sentence
from ris_ros.language.spacy_model import load_nlp
from ris_ros.language.text import check_command, encodable
from ris_ros.language.verbs import Role

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

# Anchors that only a dialogue could resolve.
_UNRESOLVED = frozenset({'it', 'them', 'her', 'him', 'one'})
RULES = ('command', 'paper')


class Language:
    """Turns texts into queries.

    rule 'command' reads a robot command: politeness, verbs and destinations are left out of the
    expression; the encoded texts are the expression and the target, in lower case.
    rule 'paper' reads a referring expression as Yu et al. (CVPR 2023) do: the encoded texts are
    the re-joined lower-case text and its noun phrase; there is no position and no relation, and
    every text refers to something.
    """

    def __init__(self, nlp: SpacyLanguage, rule: str = 'command') -> None:
        _check_rule(rule)
        self._nlp = nlp
        self.rule = rule

    @classmethod
    def load(cls, rule: str = 'command') -> Language:
        """Load the spaCy model (about a second); raise ModelError where it or the rule is amiss."""
        _check_rule(rule)
        return cls(load_nlp(), rule)

    def parse(self, text: str) -> Query:
        """Return what text asks for; raise CommandError for blank, overlong or non-text input.

        A text that names nothing to segment, in whatever language, gives a Query whose
        expression is None.
        """
        clean = check_command(text)
        if self.rule == 'paper':
            return self._parse_as_paper(text)
        s = tag_sentence(self._nlp, clean)
        mention = choose_mention(s)
        if mention is None:
            return Query(text, None, None, None)
        return _query(text, s, mention)

    def _parse_as_paper(self, text: str) -> Query:
        """Parse by the paper's rule."""
        doc = paper_doc(self._nlp, encodable(text))
        phrase = noun_phrase(doc)
        return Query(
            text, doc.text, phrase, head_noun(doc), sentence=doc.text, phrase=phrase)


def _check_rule(rule: str) -> None:
    """Raise ModelError for an unknown rule."""
    if rule not in RULES:
        raise ModelError(f'The language rule is {rule!r}; it must be one of {", ".join(RULES)}.')


def choose_mention(s: Sentence) -> Mention | None:
    """Return the object that is handled first, or else moved to last, or else named first."""
    found = [(_rank(s, clause, mention), mention) for clause in find_clauses(s)
             if (mention := find_mention(s, clause))]
    if not found:
        return None
    role = min(role for role, _ in found)
    mentions = [mention for r, mention in found if r == role]
    return mentions[-1] if role is Role.MOVE else mentions[0]


def _rank(s: Sentence, clause: Clause, mention: Mention) -> Role:
    """Return the clause's role; a room that shall be found is a place to go to."""
    is_room = mention.head is not None and s.word(mention.head) in ROOMS
    return max(clause.role, Role.MOVE) if is_room else clause.role


def _query(text: str, s: Sentence, mention: Mention) -> Query:
    """Write a mention as a query."""
    expression = s.span(mention.start, mention.end)
    target = s.span(*mention.target) if mention.target else None
    return Query(
        text, expression, target,
        head=singular(s.word(mention.head)) if mention.head is not None else None,
        position=_position(s, mention),
        relations=tuple(
            Relation(m.relation, s.span(*m.anchor)) for m in mention.modifiers
            if m.anchor and not m.negated and s.joined(*m.anchor) not in _UNRESOLVED),
        sentence=expression.lower(), phrase=(target or expression).lower())


def _position(s: Sentence, mention: Mention) -> str | None:
    """Read the position from the target's own words, not from those of anchors."""
    words = []
    if mention.target:
        start, end = mention.target
        superlative_anchored = bool(
            mention.modifiers and mention.modifiers[0].start == end
            and s.word(end) in ('to', 'from') and mention.modifiers[0].anchor)
        words += [w for i, w in enumerate(s.words[start:end], start) if i != mention.head
                  and not (superlative_anchored and w in ('nearest', 'closest'))]
    for m in mention.modifiers:
        if m.kind == 'position' and not m.negated:
            words += s.words[m.start:m.end]
        elif m.relation == 'other' and not m.negated:
            words += s.words[m.start:m.anchor[0]]
    return read_position(words) if words else None
