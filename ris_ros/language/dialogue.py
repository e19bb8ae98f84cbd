"""Say what a command means after the last answer: 'the second one', 'no, the blue one', 'stop'."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
import re

from ris_ros.language.openings import count_preludes
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, ordinal
from ris_ros.language.query import Query

# After that many seconds without an answer, "it" means nothing any more.
TIMEOUT = 60.0

_WORDS = re.compile(r"[\w']+|[^\w\s]")
_STOP = re.compile(
    r"(?:stop|cancel|halt|abort|freeze|never ?mind|forget it|do not move|don't move)"
    r'(?: (?:it|that|this|now|everything|moving|right there|immediately|at once|please))*')
_RESET = re.compile(r'(?:reset|start over|start again|forget (?:that|everything|all of that))')
_REJECTION = re.compile(
    r"(?:no |that's )*(?:not (?:that|this|it)(?: one)?|(?:the )?wrong (?:one|object|thing))")
_ALL = re.compile(r'(?:.* )?(?:all|both|each) ?(?:of (?:them|those|these))?')
_POINTING = re.compile(r'\b(?:it|that|this|them|those|these)\b')
_PLURAL = re.compile(r'\b(?:them|those|these)\b')
# "what time is it", "that was great": nothing is pointed at.
_REMARK = re.compile(
    r"(?:what|how|why|when|who|i|we|you|(?:it|that|this)(?: (?:is|was|are)|'s)) .*")
_NUMBER = re.compile(r'(?:[a-z]+ )?(?:the )?number (\w+)')
_NUMBERS = {word: i for i, word in enumerate(
    'one two three four five six seven eight nine ten'.split(), 1)}
_ONE = re.compile(r'\b(?:one|ones)\b')
_STANDS_BEFORE = POSITION_WORDS | SUPERLATIVES | frozenset(
    'the a an this that these those my your our his her its their all every each both any some '
    'other another one two three four five six seven eight nine ten most far'.split())


class Act(Enum):
    """What to do with a command.

    GROUND: ground a text. PICK: answer with an object that the last answer listed. STOP: end what
    is running. RESET: forget the last answer. ASK: it cannot be understood without an answer.
    """

    GROUND = 'ground'
    PICK = 'pick'
    STOP = 'stop'
    RESET = 'reset'
    ASK = 'ask'


@dataclass(frozen=True)
class LastAnswer:
    """The last answer that named objects.

    query: what it answered. listed: how many objects it listed, best first. chosen: the number,
    from 1, of the one that was meant; 0 where it asked which one. time: when, in seconds.
    """

    query: Query
    listed: int
    chosen: int
    time: float


@dataclass(frozen=True)
class Turn:
    """How a command is to be answered.

    text: for GROUND, the command with what the last answer says filled in. number: for PICK, the
    number, from 1, in the last answer's list. not_last: for GROUND, the object chosen last is not
    meant. message: for ASK, a sentence for the speaker.
    """

    act: Act
    text: str = ''
    number: int = 0
    not_last: bool = False
    message: str = ''


def resolve(query: Query, last: LastAnswer | None, now: float, timeout: float = TIMEOUT) -> Turn:
    """Say how to answer a command, parsed as query, at the time now, in seconds.

    last: the last answer, or None; one older than timeout seconds is not meant any more.
    """
    words = _WORDS.findall(query.text.lower())
    said = ' '.join(words[count_preludes(words):]).rstrip(' .!?,')
    if _STOP.fullmatch(said):
        return Turn(Act.STOP)
    if _RESET.fullmatch(said):
        return Turn(Act.RESET)
    if last is not None and now - last.time > timeout:
        last = None
    if _REJECTION.fullmatch(said) or (query.other and query.head in ('one', None)):
        return _other(last)
    if last is not None and last.listed > 1 and (number := _spoken_number(said, query, last)):
        return _numbered(number, query, last)
    if query.expression is None:
        if last is not None and last.query.head and _ALL.fullmatch(said):
            return Turn(Act.GROUND, f'every {_noun(last.query)}')
        if not _POINTING.search(said) or _REMARK.fullmatch(said):
            return Turn(Act.GROUND, query.text)
        if last is not None and not last.chosen and last.query.head and _PLURAL.search(said):
            return Turn(Act.GROUND, f'every {_noun(last.query)}')
        return _again(last)
    if query.head == 'one':
        return _one(query, last)
    if query.head is None and last is not None and last.query.head:
        return Turn(Act.GROUND, _with_noun(query, _noun(last.query)))
    return Turn(Act.GROUND, query.text)


def _spoken_number(said: str, query: Query, last: LastAnswer) -> int:
    """Return which of the list 'number two' or 'the last one' is, else 0."""
    if query.head == 'one' and query.attributes == ('last',):
        return last.listed
    found = _NUMBER.fullmatch(said)
    if not found:
        return 0
    return int(found.group(1)) if found.group(1).isdigit() else _NUMBERS.get(found.group(1), 0)


def _again(last: LastAnswer | None) -> Turn:
    """Answer 'it': the object that was chosen last."""
    if last is None:
        return Turn(Act.ASK, message='Nothing was named yet; name the object.')
    if not last.chosen:
        return Turn(Act.ASK, message=f'{last.listed} objects were listed; say which one is meant, '
                                     'e.g. "the second one".')
    return Turn(Act.PICK, number=last.chosen)


def _other(last: LastAnswer | None) -> Turn:
    """Answer 'the other one': the only other object that was listed, or another one to be found."""
    if last is None or not last.chosen:
        return _again(last)
    if last.listed == 2:
        return Turn(Act.PICK, number=3 - last.chosen)
    return Turn(Act.GROUND, last.query.expression or last.query.text, not_last=True)


def _one(query: Query, last: LastAnswer | None) -> Turn:
    """Answer 'the second one', 'the blue one', 'the one on the left', 'that one'."""
    told = (query.position or query.relations or query.attributes or query.negated_attributes
            or query.negated_relations)
    if not told:
        return _again(last)
    if last is None or not last.query.head:
        return Turn(Act.GROUND, query.text)
    number = re.fullmatch(r'nth:(\d+)', query.position or '')
    if number and not (query.relations or query.attributes):
        return _numbered(int(number.group(1)), query, last)
    return Turn(Act.GROUND, _ONE.sub(_noun(last.query), query.expression, count=1))


def _numbered(number: int, query: Query, last: LastAnswer) -> Turn:
    """Answer 'the second one': from the list, or from the side that was counted from before."""
    if side := re.match(r'nth:\d+:(left|right|top|bottom)', last.query.position or ''):
        text = _ONE.sub(_noun(last.query), query.expression, count=1)
        return Turn(Act.GROUND, f'{text} from the {side.group(1)}')
    if last.listed < 2:
        return Turn(Act.GROUND, _ONE.sub(_noun(last.query), query.expression, count=1))
    if number > last.listed:
        return Turn(Act.ASK, message=f'Only {last.listed} objects were listed.')
    return Turn(Act.PICK, number=number)


def _with_noun(query: Query, noun: str) -> str:
    """Put a noun to what was said without one: 'blue', 'on the left', 'the biggest'."""
    said = re.sub(r'^the ', '', query.expression.lower())
    is_place = query.relations or re.match(r'(?:not|on|in|at|to|from|over|near|with)\b', said)
    if is_place or (query.position and ' ' in said):
        return f'the {noun} {query.expression}'
    return f'the {said} {noun}'


def _noun(query: Query) -> str:
    """Return the noun of a query with what belongs to it: 'toy car' of 'the red toy car'."""
    words = (query.target or query.head).split()
    while len(words) > 1 and (words[0].lower() in _STANDS_BEFORE | {*query.attributes}
                              or ordinal(words[0].lower()) is not None):
        words.pop(0)
    return ' '.join(words)
