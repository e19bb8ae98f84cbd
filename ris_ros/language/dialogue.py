# SPDX-License-Identifier: Apache-2.0
"""Resolve a command after the last answer: 'the second one', 'no, the blue one', 'stop'."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
import re

from ris_ros.language.nouns import singular
from ris_ros.language.openings import count_preludes
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, Side, ordinal, split_position
from ris_ros.language.query import Quantity, Query
from ris_ros.language.stop_orders import RESTART, is_stop_order
from ris_ros.language.text import MAX_CHARACTERS, normalise, word_set

# "it" has no meaning when the last answer is older than this, in seconds.
TIMEOUT = 60.0

_WORDS = re.compile(r"[\w']+|[^\w\s]")
_RESTART = re.compile(RESTART)
# "stop, then start over"
_RESTART_AFTER = re.compile(rf'.* {RESTART}')
_REJECTION = re.compile(
    r"(?:no |that's )*(?:not (?:that|this|it)(?: one)?|(?:the )?wrong (?:one|object|thing))")
_ALL = re.compile(r'(?:.* )?(?:all|both|each) ?(?:of (?:them|those|these))?')
_POINTING = re.compile(r'\b(?:it|that|this|them|those|these)\b')
_PLURAL = re.compile(r'\b(?:them|those|these)\b')
# "what time is it" and "that was great" point at nothing.
_REMARK = re.compile(
    r"(?:what|how|why|when|who|i|we|you|(?:it|that|this)(?: (?:is|was|are)|'s)) .*")
_NUMBER = re.compile(r'(?:[a-z]+ )?(?:the )?(?:number|option|object|candidate) (\w+)')
# Bare numbers such as "two" and "the second" are a choice only after a list.
_BARE_NUMBER = re.compile(r'(?:the )?(\w+)(?: one)?')
_NUMBERS = {word: i for i, word in enumerate(
    'one two three four five six seven eight nine ten'.split(), 1)}
_COURTESY = re.compile(r'(?: (?:please|thanks|thank you|robot|then))+$')
_OTHER = re.compile(r'\b(?:other|another) ', re.IGNORECASE)
_ONE = re.compile(r'\b(?:one|ones)\b')
_COUNTED_FROM = frozenset({Side.LEFT, Side.RIGHT, Side.TOP, Side.BOTTOM})
_STANDS_BEFORE = POSITION_WORDS | SUPERLATIVES | word_set(
    'the a an this that these those my your our his her its their all every each both any some '
    'other another one two three four five six seven eight nine ten most far')


class Act(Enum):
    """What to do with a command.

    GROUND: ground a text. PICK: answer with objects that the last answer listed. STOP: end the
    running command. RESET: the same, and forget the last answer. ASK: ask the speaker, because
    the command has no meaning without an earlier answer.
    """

    GROUND = 'ground'
    PICK = 'pick'
    STOP = 'stop'
    RESET = 'reset'
    ASK = 'ask'


@dataclass(frozen=True)
class LastAnswer:
    """The last answer to a command that named objects.

    Attributes:
        query: The query that it answered.
        listed: Number of objects that it listed, best first; 0 where it found none.
        chosen: Number, from 1, of the object that was meant; 0 where the answer asked which one
            is meant, or where all were.
        time: Time of the answer in seconds.
    """

    query: Query
    listed: int
    chosen: int
    time: float


@dataclass(frozen=True)
class Turn:
    """How to answer a command.

    Attributes:
        act: What to do.
        text: For GROUND, the command, completed by the words of the last one.
        numbers: For PICK, the numbers, from 1, in the last answer's list.
        not_last: For GROUND, whether the object that was chosen last is excluded.
        refines: For GROUND, whether the object may be one of those that the last answer listed.
        message: For ASK, STOP and RESET, a sentence for the speaker.
    """

    act: Act
    text: str = ''
    numbers: tuple[int, ...] = ()
    not_last: bool = False
    refines: bool = False
    message: str = ''


def resolve(query: Query, last: LastAnswer | None, now: float, timeout: float = TIMEOUT) -> Turn:
    """Decide how to answer a command.

    Args:
        query: The parsed command.
        last: The last answer, or None.
        now: The time in seconds.
        timeout: Age in seconds from which the last answer is forgotten; 0 forgets it at once.
    """
    if turn := interruption(query.text):
        return turn
    return _resolve(query, last, now, timeout)


def resolve_question(query: Query, last: LastAnswer | None, now: float,
                     timeout: float = TIMEOUT) -> Turn:
    """Decide which objects a question is about: those of 'where is it' or 'how many are red'.

    Args:
        query: The objects that it asks about ('the ones that are red'), which are never an order to
            stop: 'where is the kill switch' names one.
        last: The last answer, or None.
        now: The time in seconds.
        timeout: As in `resolve`.
    """
    return _resolve(query, last, now, timeout)


def pointing_turn(query: Query, pointed: LastAnswer) -> Turn:
    """Return the turn of 'this mug' and 'these', which choose from what is pointed at.

    Args:
        query: The words.
        pointed: What is pointed at, as an answer.
    """
    if query.quantity is Quantity.ALL and not pointed.chosen:
        return _all(pointed)
    return _again(pointed)


def _resolve(query: Query, last: LastAnswer | None, now: float, timeout: float) -> Turn:
    """Decide which objects words mean after the last answer."""
    if query.forbidden:
        return Turn(Act.GROUND, query.text)  # "don't take the second one" takes nothing
    said = _without_courtesy(query.text)
    if last is not None and not (timeout > 0 and 0 <= now - last.time <= timeout):
        last = None  # an answer from the future was given before the clock was set back
    if _REJECTION.fullmatch(said) or (query.other and query.head in ('one', None)):
        return _other(last)
    if query.other and last is not None and last.chosen and query.head == last.query.head:
        if last.listed == 2 and {*query.attributes} <= {*last.query.attributes}:
            return _other(last)
        return Turn(Act.GROUND, _OTHER.sub('', query.text), not_last=True)  # "the other mug"
    if last is not None and last.listed > 1 and (number := _spoken_number(said, query, last)):
        return _numbered(number, query, last)
    if query.expression is None:
        if last is not None and _ALL.fullmatch(said):
            return _all(last)
        if not _POINTING.search(said) or _REMARK.fullmatch(said):
            return Turn(Act.GROUND, query.text)
        if last is not None and not last.chosen and _PLURAL.search(said):
            return _all(last)
        return _again(last)
    if query.head == 'one':
        return _one(query, last)
    if query.head is None and last is not None and last.query.head:
        return Turn(Act.GROUND, _with_noun(query, _noun(last.query)), refines=True)
    return Turn(Act.GROUND, query.text)


def interruption(text: str) -> Turn | None:
    """Return the turn of a command that ends the running one (STOP or RESET), else None."""
    if len(text) > MAX_CHARACTERS:
        return None
    words = ' '.join(re.findall(r"[\w']+", _without_courtesy(text)))
    stops = is_stop_order(text)
    if _RESTART.fullmatch(words) or (stops and _RESTART_AFTER.fullmatch(words)):
        return Turn(Act.RESET, message='Stopped; the last answer is forgotten.')
    if stops:
        return Turn(Act.STOP, message='Stopped: nothing is looked for any more.')
    return None


def _without_courtesy(text: str) -> str:
    """Return a text in lower case, without courtesy and without punctuation at its end."""
    words = _WORDS.findall(normalise(text).lower())
    return _COURTESY.sub('', ' '.join(words[count_preludes(words):]).rstrip(' .!?,'))


def _spoken_number(said: str, query: Query, last: LastAnswer) -> int:
    """Return the place in the list that 'number two', 'two' or 'the last one' names, else 0."""
    if query.head == 'one' and query.attributes == ('last',):
        return last.listed
    if found := _NUMBER.fullmatch(said):
        return _number(found.group(1))
    found = _BARE_NUMBER.fullmatch(said)
    return _number(found.group(1)) if found and found.group(1) != 'one' else 0


def _number(word: str) -> int:
    """Return the number of 'two', '2' or 'second', else 0."""
    return int(word) if word.isdecimal() else _NUMBERS.get(word) or ordinal(word) or 0


def _all(last: LastAnswer) -> Turn:
    """Resolve 'both', 'all of them', 'those': the whole list, or all objects of the last noun."""
    if last.listed > 1:
        return Turn(Act.PICK, numbers=tuple(range(1, last.listed + 1)))
    return Turn(Act.GROUND, f'every {_noun(last.query)}') if last.query.head else _again(last)


def _again(last: LastAnswer | None) -> Turn:
    """Resolve 'it': the object that was chosen last."""
    if last is None or not last.listed:
        return Turn(Act.ASK, message='No object was found before; name the one you mean.')
    if not last.chosen and last.listed > 1:
        return Turn(Act.ASK, message=f'{last.listed} objects were listed; say which one is meant, '
                                     'e.g. "the second one".')
    return Turn(Act.PICK, numbers=(last.chosen or 1,))


def _other(last: LastAnswer | None) -> Turn:
    """Resolve 'the other one': the other of two that were listed, or a new one of the kind."""
    if last is None or not last.chosen:
        return _again(last)
    if last.listed == 2:
        return Turn(Act.PICK, numbers=(3 - last.chosen,))
    return Turn(Act.GROUND, _words_of(last.query), not_last=True)


def _one(query: Query, last: LastAnswer | None) -> Turn:
    """Resolve 'the second one', 'the blue one', 'the one on the left', 'that one'."""
    told = (query.position or query.relations or query.attributes or query.negated_attributes
            or query.negated_relations)
    if not told:
        return _again(last)
    if last is None or not last.query.head:
        return Turn(Act.GROUND, query.text)
    number, sides = split_position(query.position)
    if number is not None and not (sides or query.relations or query.attributes):
        return _numbered(number, query, last)
    return Turn(Act.GROUND, _with_noun_for_one(query, last), refines=True)


def _numbered(number: int, query: Query, last: LastAnswer) -> Turn:
    """Resolve 'the second one': in the list, or from the side from which was counted before."""
    counted, sides = split_position(last.query.position)
    if counted is not None and sides and sides[0] in _COUNTED_FROM:
        text = _with_noun_for_one(query, last)
        return Turn(Act.GROUND, f'{text} from the {sides[0].value}')
    if last.listed < 2:
        return Turn(Act.GROUND, _with_noun_for_one(query, last))
    if not 1 <= number <= last.listed:
        return Turn(Act.ASK, message=f'Only {last.listed} objects were listed.')
    return Turn(Act.PICK, numbers=(number,))


def _words_of(query: Query) -> str:
    """Return the referring expression of a query, or all its words where it has none."""
    return query.expression or query.text


def _with_noun_for_one(query: Query, last: LastAnswer) -> str:
    """Put the last noun in the place of 'one': 'the blue mug' of 'the blue one'."""
    return _ONE.sub(_noun(last.query), _words_of(query), count=1)


def _with_noun(query: Query, noun: str) -> str:
    """Add the noun to a command without one: 'blue', 'on the left', 'the biggest'."""
    expression = _words_of(query)
    said = re.sub(r'^the ', '', expression.lower())
    is_place = query.relations or re.match(r'(?:not|on|in|at|to|from|over|near|with)\b', said)
    if is_place or (query.position and ' ' in said):
        return f'the {noun} {expression}'
    return f'the {said} {noun}'


def _noun(query: Query) -> str:
    """Return a query's noun with the nouns before it: 'toy car' of 'all the red toy cars'."""
    words = (query.target or query.head or 'one').split()
    told = {word for attribute in query.attributes for word in attribute.split()}
    while len(words) > 1 and (words[0].lower() in _STANDS_BEFORE | told
                              or ordinal(words[0].lower()) is not None):
        words.pop(0)
    return ' '.join([*words[:-1], singular(words[-1].lower())])
