"""Find what follows a noun phrase and belongs to it: relations, positions, relative clauses."""
from __future__ import annotations

from dataclasses import dataclass
import re

from ris_ros.language.noun_phrase import NounPhrase, find_noun_phrase, is_nominal
from ris_ros.language.nouns import CLOTHES, COLOURS
from ris_ros.language.positions import SELF, SUPERLATIVES, match_deictic, match_position, ordinal
from ris_ros.language.relation_words import match_relation
from ris_ros.language.sentence import Sentence

_IS_SELF = re.compile(rf'{SELF}(?= |$)')
_PRONOUN_TAGS = frozenset({'PRP', 'EX'})
_RELATIVE = frozenset({'that', 'which', 'who', 'whom', 'whose', 'where'})
_INTENSIFIERS = frozenset(
    'just directly immediately right slightly very closely somewhat almost only also but '
    'positioned still currently'.split())
_VERB_TAGS = frozenset({'VB', 'VBD', 'VBP', 'VBZ', 'VBG', 'VBN', 'MD'})
_HAS = frozenset({'has', 'have', 'had', 'wears'})
# These tell how the robot shall do it, not which object is meant.
_MANNER = frozenset('using being making trying going moving keeping'.split())
# With 'at' they make one relation, which is not nearness.
_LOOKING = frozenset('looking staring pointing smiling gazing facing'.split())
_SUBJECTS = frozenset('i you we he she they'.split())
# "the mug on the table and the bowl" goes on with a second object; these go on with the anchor.
_JOINING_TYPES = frozenset({'with', 'between'})


@dataclass(frozen=True)
class Modifier:
    """Words start to before end that modify a noun phrase.

    kind: relation, position, deictic ('over there'), clause ('that is'), participle ('standing')
    or purpose ('used for eating').
    relation: type of a relation, else ''; anchor: its (start, end), else None.
    negated: 'not on the table'.
    """

    kind: str
    start: int
    end: int
    relation: str = ''
    anchor: tuple[int, int] | None = None
    negated: bool = False


def find_modifiers(
        s: Sentence, phrase: NounPhrase, end: int, telegraphic: bool) -> list[Modifier]:
    """Return the modifiers of phrase before word end, in order.

    telegraphic: whether a bare noun phrase may modify, as in 'guy red shirt'.
    """
    found: list[Modifier] = []
    i = phrase.end
    if {*s.words[phrase.start:phrase.end]} & SUPERLATIVES and s.word(i) in ('to', 'from'):
        found += _superlative_anchor(s, i, end)
        i = found[-1].end if found else i
    while i < end:
        start, negated = _skip_adverbs(s, i, end)
        modifier = (
            _deictic(s, i, end) or _place_or_relation(s, start, end, found)
            or _relative_clause(s, start, end) or _participle(s, start, end)
            or _predicate(s, start, end, found) or _joined(s, i, end, found)
            or (_bare_noun(s, start, end) if telegraphic and not phrase.determined else None))
        if modifier is None:
            break
        found.append(Modifier(
            modifier.kind, i, modifier.end, modifier.relation, modifier.anchor,
            negated or (bool(found) and found[-1].kind == 'clause' and found[-1].negated)
            or modifier.negated))
        i = modifier.end
    return found


def find_anchor(s: Sentence, start: int, end: int, several: bool) -> tuple[int, int] | None:
    """Return the span of the anchor at word start, or None.

    several: whether it has two parts ('between the bowl and the mug').
    """
    if own := _IS_SELF.match(s.joined(start, end)):
        return start, start + len(own.group().split())
    if s.tag(start) in _PRONOUN_TAGS and start < end and s.word(start) != 'her':
        return start, start + 1
    phrase = find_noun_phrase(s, start, end)
    if phrase is None and start < end and s.word(start) in COLOURS:
        return start, start + 1  # "man in blue"
    if phrase is None or (phrase.head is None and not phrase.determined):
        return None
    stop = phrase.end
    if phrase.head is None and match_position(s.joined(start, end)):
        return None
    while s.word(stop) == 'of' and stop + 1 < end:
        part = find_noun_phrase(s, stop + 1, end)
        if part is None:
            break
        stop = part.end
    if any(ordinal(w) for w in s.words[start:stop]) and s.word(stop) == 'from' and stop < end:
        stop += match_position(s.joined(stop, end))
    if several:
        joint = stop
        while joint < end and s.word(joint) in (',', 'and', '&'):
            joint += 1
        second = find_noun_phrase(s, joint, end) if joint > stop else None
        stop = second.end if second else stop
    return start, stop


def _skip_adverbs(s: Sentence, i: int, end: int) -> tuple[int, bool]:
    """Return the index after commas, 'and' and adverbs, and whether one of them negates."""
    negated = False
    while i < end:
        word = s.word(i)
        if word in ('not', "n't", 'never'):
            negated = True
        elif word == 'right' and not match_relation(s.joined(i + 1, end)):
            break
        elif match_relation(s.joined(i, end)) or (
                word not in _INTENSIFIERS and word not in (',', 'and', '-', '(')):
            break
        i += 1
    return i, negated


def _deictic(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'over there'."""
    n = match_deictic(s.joined(i, end))
    return Modifier('deictic', i, i + n) if n else None


def _place_or_relation(
        s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match a relation with its anchor or a position phrase."""
    if s.word(i) == 'left' and s.tag(i) in ('VBN', 'VBD') and s.tag(i + 1) == 'IN' and (
            s.word(i + 1) not in ('of', 'from')):
        return None  # the participle: "the cup left on the table"
    text = s.joined(i, end)
    relation, place = match_relation(text), match_position(text)
    has_article = place > 1 and s.tag(i) in ('IN', 'TO')
    if place and not (relation and relation[0] > place) and not (
            has_article and _goes_on(s, i, place, end)):
        return Modifier('position', i, i + place)
    if relation is None:
        return None
    words, kind = relation
    if kind == 'with' and s.word(i) in _HAS and not (
            before and before[-1].kind == 'clause'):
        return None
    if s.word(i) in ('used', 'for') and s.tag(i + words) == 'VBG':
        inner = find_anchor(s, i + words + 1, end, several=False)
        return Modifier('purpose', i, inner[1] if inner else i + words + 1)
    anchor = find_anchor(s, i + words, end, several=kind == 'between')
    if anchor is None or (s.word(i) == 'for' and _IS_SELF.match(s.joined(*anchor))):
        return None
    if kind == 'in' and ({*s.words[anchor[0]:anchor[1]]} & CLOTHES or s.word(anchor[0]) in COLOURS):
        kind = 'with'  # the shirt is on the man, not the man in the shirt
    return Modifier('relation', i, anchor[1], kind, anchor)


def _goes_on(s: Sentence, i: int, place: int, end: int) -> bool:
    """Tell whether the place words only open a noun phrase: 'on the left couch'."""
    nxt = i + place
    if s.word(nxt) == 'of' and nxt < end:
        return True
    if not is_nominal(s, nxt, end):
        return False
    return s.word(nxt - 1) not in ('most',) and not match_relation(s.joined(nxt, end)) and not (
        match_position(s.joined(nxt, end)))


def _superlative_anchor(s: Sentence, i: int, end: int) -> list[Modifier]:
    """Match what 'the nearest cup' is nearest to."""
    anchor = find_anchor(s, i + 1, end, several=False)
    if anchor is None:
        return []
    if _IS_SELF.match(s.joined(*anchor)):
        return [Modifier('deictic', i, anchor[1])]
    return [Modifier('relation', i, anchor[1], 'near' if s.word(i) == 'to' else 'other', anchor)]


def _relative_clause(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'that is', 'which I left', 'you bought': up to what the verb is about."""
    j = i
    if s.word(j) in _RELATIVE and j + 1 < end:
        j += 1
        if s.word(i) == 'whose' and (owned := find_noun_phrase(s, j, end)):
            j = owned.end
    if j == i and not (s.word(j) in _SUBJECTS and s.tag(j + 1) in _VERB_TAGS):
        return None
    negated = False
    if s.tag(j) in _PRONOUN_TAGS:
        j += 1
    elif (subject := find_noun_phrase(s, j, end)) and s.tag(subject.end) in _VERB_TAGS:
        j = subject.end
    first = j
    while j < end and (s.tag(j) in _VERB_TAGS or s.word(j) in ('not', "n't", "'s", 'to')
                       or (s.tag(j) == 'RB' and not match_relation(s.joined(j, end))
                           and not match_position(s.joined(j, end)))):
        if s.word(j) in _LOOKING:
            break
        if s.word(j) in _HAS and s.tag(j + 1) not in _VERB_TAGS:
            break
        negated = negated or s.word(j) in ('not', "n't")
        j += 1
    if j == first and s.word(j) not in _HAS:
        return None
    return Modifier('clause', i, j, negated=negated)


def _participle(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'sitting', 'placed', 'holding a phone', 'wearing glasses'."""
    if s.tag(i) not in ('VBG', 'VBN', 'VBD') or s.word(i) in _MANNER or i >= end:
        return None
    j = i + 1
    while j < end and s.tag(j) in ('RB', 'RP') and not match_relation(s.joined(j, end)):
        j += 1
    if s.tag(i) == 'VBG' and not match_relation(s.joined(j, end)):
        anchor = find_anchor(s, j, end, several=False)
        if anchor:
            kind = 'with' if s.word(i) in ('wearing', 'having') else 'other'
            return Modifier('relation', i, anchor[1], kind, anchor)
    elif s.tag(i) == 'VBD' and not match_relation(s.joined(j, end)):
        return None
    if s.word(j) == 'to' and s.tag(j + 1) == 'VB' and s.word(i) == 'used' and j + 1 < end:
        inner = find_anchor(s, j + 2, end, several=False)
        return Modifier('purpose', i, inner[1] if inner else j + 2)
    return Modifier('participle', i, j)


def _predicate(
        s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match the adjective or noun phrase after 'that is', 'that has'."""
    if not (before and before[-1].kind in ('clause', 'participle')):
        return None
    if s.word(i) in _HAS:
        anchor = find_anchor(s, i + 1, end, several=False)
        return Modifier('relation', i, anchor[1], 'with', anchor) if anchor else None
    j = i
    while j < end and s.tag(j) in ('JJ', 'JJR', 'JJS', 'RB', 'CC') and s.word(j) != 'and':
        j += 1
    if j > i:
        return Modifier('participle', i, j)
    phrase = find_noun_phrase(s, i, end)
    return Modifier('participle', i, phrase.end) if phrase else None


def _joined(s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match the second anchor in 'with black hair and glasses'."""
    if not (before and before[-1].relation in _JOINING_TYPES and s.word(i) in ('and', ',')):
        return None
    anchor = find_anchor(s, i + 1, end, several=False)
    return Modifier('relation', i, anchor[1], before[-1].relation, anchor) if anchor else None


def _bare_noun(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match the second phrase of 'guy red shirt'."""
    phrase = find_noun_phrase(s, i, end)
    if phrase is None or phrase.head is None:
        return None
    return Modifier('relation', i, phrase.end, 'with', (phrase.start, phrase.end))
