# SPDX-License-Identifier: Apache-2.0
"""Cut a command into clauses, and find the role that each gives the object it names."""
from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
import re

from ris_ros.language.openings import (
    SENTENCE_ENDS,
    count_preludes,
    is_small_talk,
    match_ego,
    match_opener,
    match_prelude,
)
from ris_ros.language.prohibitions import DENIALS, denies_rest, forbids, is_denied, skip_denial
from ris_ros.language.sentence import (
    ADVERB_TAGS,
    BASE_TAGS,
    FINITE_TAGS,
    OBJECT_OPENING_TAGS,
    VERB_TAGS,
    Sentence,
)
from ris_ros.language.text import word_set
from ris_ros.language.verbs import (
    MOVE_OR_HANDLE_VERBS,
    MOVE_VERBS,
    SPEECH_VERBS,
    VERBS_OR_THINGS,
    Role,
    is_command_verb,
    is_known_verb,
    is_strong_verb,
)

_JOINERS = word_set(', and then but so or')
_OR = frozenset({'or', 'nor'})
_SUBORDINATE = word_set(
    'if when whenever because while before after until till unless since once although')
# In "used to open" and "want to take" the infinitive belongs to the word before it.
_TAKES_INFINITIVE = word_set(
    "used want need like love have has trying try able going supposed how where what 'd easy hard "
    'ready easiest about')
# "check if the door is open" is about the door.
_ASKING = word_set('see check know look sure tell verify')
_STATEMENT_END_TAGS = word_set('NN NNS NNP JJ JJR RB RBR CD VBN VBG')
# An object may begin with these.
_OBJECT_TAGS = word_set('DT PRP$ NN NNS JJ JJS VBN CD')
_PREPOSITION_TAGS = ADVERB_TAGS | {'IN', 'TO', 'RP', '.', ',', ''}
# A second verb may follow these: "go find the tablet".
_CHAINED = word_set('go come try run help let pick start begin make')
_ALSO_NOUNS = word_set('place show look turn stop push pull drop track touch peel')
_LEFT_THERE = word_set(
    'on in at here there inside under behind beside by near next between against outside')
_ASSERTING = word_set('is are was were has have had does')
# "take a left at the couch": the words after the verb that make it a movement.
_ONE_MORE = frozenset({'a', 'another'})
_TURNS = word_set('left right turn step look walk')
_PARTICLES = word_set('on off up over down out')
# "walk past the bed until you reach the painting" ends at the painting.
_UNTIL = frozenset({'until', 'till'})
_REACHING = re.compile(
    r"(?:(?:you|u|we|it|the robot) )?(?:'ve |have )?(?:reach(?:ed)?|hit|(?:get|got|come|arrive|are|"
    r"'re)(?: (?:close|next|near|right|all the way))?(?: (?:to|at|in|by|near)| in front of)) ")
# The robot uses them to get somewhere: "take the stairs to level 3".
_WAYS = word_set('stairs staircase elevator lift escalator ramp')


@dataclass(frozen=True)
class Clause:
    """A clause without its verb and without the words before that.

    Attributes:
        start: Index of the first word.
        end: Index after the last word.
        role: The role of the object that it names.
        verb: The command's verb, '' where there is none.
        commanded: Whether a verb or an opener was taken off; a bare 'the red mug' has none.
        asked: Whether it is a question.
        forbidden: Whether what it names is what the robot shall leave alone.
    """

    start: int
    end: int
    role: Role
    verb: str = ''
    commanded: bool = False
    asked: bool = False
    forbidden: bool = False


def find_clauses(s: Sentence) -> list[Clause]:
    """Return the clauses of a command, in order."""
    cuts = [0, *(i for i in range(1, len(s)) if _begins_clause(s, i)), len(s)]
    clauses: list[Clause] = []
    for start, end in pairwise(cuts):
        while end > start and s.word(end - 1) in SENTENCE_ENDS | _JOINERS:
            end -= 1
        if start < end:
            clause = _read_clause(s, start, end)
            if s.word(start) in _OR and clauses:  # "don't touch the glass or move the cup"
                clause = replace(clause, forbidden=clauses[-1].forbidden or clause.forbidden)
            clauses.append(clause)
    return clauses


def _begins_clause(s: Sentence, i: int) -> bool:
    """Tell whether a new clause begins at word i > 0."""
    word, before = s.word(i), s.word(i - 1)
    if before in SENTENCE_ENDS and before != ':':
        return True
    if s.tag(i) == s.tag(i - 1) == 'UH':
        return False  # within politeness
    if word in _SUBORDINATE and s.tag(i) in ('IN', 'WRB', 'RB', 'CC'):
        tells_place = word in ('before', 'after') and s.tag(i + 1) == 'DT' and (
            VERB_TAGS.isdisjoint(s.tags))
        return not tells_place  # "the mug before the box"
    if word == 'then' or _runs_on(s, i):
        return True
    if word == 'to' and before not in _TAKES_INFINITIVE and s.tag(i - 1) != 'VBN':
        return _is_verb(s, i + 1, initial=False) and s.tag(i + 1) == 'VB'
    if word in _JOINERS:
        j = i
        while s.word(j) in _JOINERS:
            j += 1
        return before not in _JOINERS and _is_new_start(s, j)
    return False


def _runs_on(s: Sentence, i: int) -> bool:
    """Tell whether a command begins at word i without a comma or a conjunction before it."""
    after = i + 1 + (s.word(i + 1) in _PARTICLES)
    is_verb = s.tag(i) in BASE_TAGS or (s.tag(i) == 'NN' and s.word(i) not in _ALSO_NOUNS)
    return is_verb and is_strong_verb(s.word(i)) and s.tag(after) in OBJECT_OPENING_TAGS and (
        s.tag(i - 1) in _STATEMENT_END_TAGS and (
            s.word(i - 1) not in _TAKES_INFINITIVE | DENIALS))


def _is_new_start(s: Sentence, i: int) -> bool:
    """Tell whether a command, a question or a statement starts at word i."""
    text = s.joined(i, len(s))
    if n := match_prelude(text):
        return n > 1 or _is_new_start(s, i + n) if i + n < len(s) else True
    if s.tag(i) == 'PRP' and s.tag(i + 1) in FINITE_TAGS:
        return True
    if s.word(i) in _ASSERTING and '?' not in s.words:
        return False  # "the pot that is on the stove and has a lid"
    after_move = s.word(0) in MOVE_VERBS and s.word(i - 1) in _JOINERS and is_known_verb(s.word(i))
    return _is_verb(s, i, initial=False) or match_opener(text) is not None or (
        after_move and s.tag(i + 1) in _OBJECT_TAGS)


def _is_verb(s: Sentence, i: int, *, initial: bool) -> bool:
    """Tell whether a command begins at word i: 'take the', 'take off the'."""
    if i >= len(s):
        return False
    word, tag, following = s.word(i), s.tag(i), i + 1
    if s.word(i + 1) in _PARTICLES and s.tag(i + 2) in ('DT', 'PRP$') and (
            is_known_verb(word) and word not in VERBS_OR_THINGS):
        following = i + 2
    return is_command_verb(word, tag, s.word(following), s.tag(following), initial=initial)


def _read_clause(s: Sentence, start: int, end: int) -> Clause:
    """Read one clause: take off politeness, verb and opener."""
    if s.word(start) in _SUBORDINATE:  # "if you have a moment, the red mug"
        start = min(_skip_preludes(s, start, end), end)
    i, role, commanded, asked = start + (s.word(start) in _OR), Role.MENTION, False, False
    if s.word(start) in _UNTIL and (reached := _read_goal(s, start + 1, end)):
        return reached
    subordinate = s.word(start) in _SUBORDINATE
    if subordinate:
        i += 1
        if start and s.word(start) == 'if' and s.word(start - 1) in _ASKING:
            subordinate, role, asked = False, Role.HANDLE, True
    i = _skip_preludes(s, skip_denial(s, _skip_preludes(s, i, end), end), end)
    denied = is_denied(s, start, i)
    if i < end and s.word(i) == 'to' and _is_verb(s, i + 1, initial=True):
        i += 1
    while i < end and (opener := match_opener(s.joined(i, end))):
        denied = denied or denies_rest(s, i, i + opener[0])
        i, role, commanded = i + opener[0], opener[1], True
        asked = asked or role is Role.HANDLE
    if is_small_talk(s.joined(i, end)):
        return Clause(end, end, role, commanded=True)
    verb, first = '', i
    if not commanded:
        i, verb, role = _take_verbs(s, i, end, role)
    if verb in SPEECH_VERBS:
        return _read_reported(s, i, end)
    return Clause(i, end, Role.SUBORDINATE if subordinate else role, verb,
                  commanded or bool(verb), asked, forbids(s, first, end, verb, denied))


def _read_goal(s: Sentence, start: int, end: int) -> Clause | None:
    """Read 'you reach the painting' or 'the painting' after 'until'; None for other clauses."""
    if found := _REACHING.match(s.joined(start, end) + ' '):
        return Clause(start + len(found.group().split()), end, Role.MOVE, commanded=True)
    if s.tag(start) == 'DT' and not any(tag in VERB_TAGS for tag in s.tags[start:end]):
        return Clause(start, end, Role.MOVE, commanded=True)
    return None


def _skip_preludes(s: Sentence, i: int, end: int) -> int:
    """Return the index after all preludes at word i."""
    return i + count_preludes(s.words[i:end])


def _take_verbs(s: Sentence, i: int, end: int, role: Role) -> tuple[int, str, Role]:
    """Return the index after the command's verbs, the last verb and its role."""
    verb = ''
    while i < end and _is_verb(s, i, initial=True) and (not verb or verb in _CHAINED):
        verb, role = s.word(i), _verb_role(s, i, end)
        i += 1
        if verb in MOVE_OR_HANDLE_VERBS and (n := match_ego(s.joined(i, end))):
            i, role = i + n, Role.MOVE
        i = _skip_preludes(s, i, end)
    return i, verb, role


def _verb_role(s: Sentence, i: int, end: int) -> Role:
    """Return the role of the verb at i."""
    verb, first, second = s.word(i), s.word(i + 1), s.word(i + 2)
    if first in _ONE_MORE and second in _TURNS and not _names_a_thing(s, i + 3):
        return Role.MOVE  # "take a left at the couch", but "take a left shoe"
    if verb in ('take', 'use') and _WAYS & {first, second}:
        return Role.MOVE
    if verb == 'leave' and _LEFT_THERE.isdisjoint(s.words[i:end]):
        return Role.MOVE  # "leave the gym", but "leave the cup on the table"
    if verb in MOVE_VERBS:
        return Role.MOVE
    has_particle = first in _PARTICLES and second not in ('to', 'towards', 'toward')
    has_aim = i + 1 >= end or (s.tag(i + 1) in _PREPOSITION_TAGS and not has_particle)
    return Role.MOVE if verb in MOVE_OR_HANDLE_VERBS and has_aim else Role.HANDLE


def _names_a_thing(s: Sentence, i: int) -> bool:
    """Tell whether word i is the noun of 'a left shoe', which 'turn' in 'a left turn' is not."""
    return s.tag(i) in ('NN', 'NNS') and s.word(i) != 'turn'


def _read_reported(s: Sentence, start: int, end: int) -> Clause:
    """Read the question after 'tell me'; anything else there cannot be segmented."""
    for i in range(start, end):
        if s.tag(i) in ('WRB', 'WP', 'WDT') and (opener := match_opener(s.joined(i, end))):
            return Clause(i + opener[0], end, Role.HANDLE, commanded=True, asked=True)
        if s.word(i) in ('about', 'of', 'to') and (
                s.word(i) == 'about' or s.tag(i + 1) == 'DT'):
            return Clause(i + 1, end, Role.HANDLE, commanded=True)
    return Clause(end, end, Role.HANDLE, commanded=True)
