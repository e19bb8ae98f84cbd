# SPDX-License-Identifier: Apache-2.0
"""Tell a question about the scene from a command, and find what it asks about.

A question is answered in a sentence and never moves a robot, so that a text counts as a question
only where no command comes with it: "where is the mug? Bring it here" is a command.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
import re
from typing import TYPE_CHECKING

from ris_ros.language.nouns import singular
from ris_ros.language.openings import SENTENCE_ENDS, match_prelude
from ris_ros.language.sentence import Sentence
from ris_ros.language.verbs import Role

if TYPE_CHECKING:
    from ris_ros.language.clauses import Clause


class QuestionKind(Enum):
    """What a question asks; the values are those of Grounding.msg.

    SCENE: what is seen. COUNT: how many there are. EXISTENCE: whether there is one. PLACE: what is
    at a place. CHOICE: which one it is. WHERE: where it is. IDENTITY: what it is. COLOUR: what
    colour it has. OTHER: what cannot be answered, such as what a thing costs.
    """

    SCENE = 'scene'
    COUNT = 'count'
    EXISTENCE = 'existence'
    PLACE = 'place'
    CHOICE = 'choice'
    WHERE = 'where'
    IDENTITY = 'identity'
    COLOUR = 'colour'
    OTHER = 'other'


@dataclass(frozen=True)
class Question:
    """A question about the scene.

    Attributes:
        kind: What it asks.
        text: The objects that it is about, in words that a command could have ('all the mugs on
            the left'); '' for OTHER, which is about the object that the whole text names.
        rest: The words after 'what is' of PLACE ('left of the bowl'), else ''.
    """

    kind: QuestionKind
    text: str = ''
    rest: str = ''


_YOU_SEE = r'(?:(?:do|can|could|did) )?(?:you|we|i) (?:still )?(?:see|find|notice|recogni[sz]e)'
_BE = r"(?:is|are|'s|'re|was|were)"
_NOW = (r'(?: (?:now|right now|at the moment|here|there|around|around you|in front of you|'
        r'in (?:the|this) (?:picture|image|view|scene)))*')
_AT = (r'(?:on|in|at|to|left|right|next|near|beside|behind|under|underneath|below|beneath|above|'
       r'over|inside|between|in front|around|by|close|closest|nearest|among|within|opposite)')
_THINGS = r'(?:things|objects|items|stuff|else)'
# They ask somebody to answer: "can you tell me where the mug is".
_ASK = re.compile(
    r"(?:(?:can|could|would|will) (?:you|u) (?:please |kindly )?)?(?:please )?"
    r"(?:tell|inform) (?:me|us)(?: (?:please|again))?(?: about)?(?= )|"
    r"(?:do|can|could|would) (?:you|u) (?:know|say)(?= )|(?:any|have you any) idea(?= )|"
    r"(?:i|we) (?:wonder|want to know|would like to know|'d like to know|need to know)(?= )|"
    r'let (?:me|us) know(?= )|(?:i|we) (?:am|was|\'m|are) wondering(?= )|(?:please )?say(?= )')

_FORMS = [(kind, re.compile(rf'(?:{pattern})')) for kind, pattern in (
    (QuestionKind.SCENE,
     rf'what (?:{_THINGS} )?(?:{_YOU_SEE}|{_BE} (?:visible|seen|there|here)|{_BE} there to see|'
     rf'(?:have we|do (?:we|you) have) (?:got )?here){_NOW}'),
    (QuestionKind.SCENE, rf'what {_BE} (?:all )?(?:in (?:the|this) (?:picture|image|view|scene)|'
                         r'in front of you|before you|around you|around)'),
    (QuestionKind.SCENE,
     rf'(?:which|what) (?:things|objects|items) (?:{_BE} there|{_YOU_SEE}){_NOW}'),
    (QuestionKind.SCENE,
     rf'(?:describe|list|name|enumerate) (?:me )?(?:the scene|everything|(?:all )?(?:the |all )?'
     rf'(?:things|objects|items)|all|what)(?: (?:that )?{_YOU_SEE}| there {_BE}){{0,1}}{_NOW}'),
    (QuestionKind.COUNT, r'(?:how many|(?:what is|what\'s) the number of) (?P<rest>.+)'),
    (QuestionKind.COLOUR,
     rf'(?:what|which) colou?r (?:{_BE}|does|do|has|have) (?P<rest>.+?)(?: have| in)?'),
    (QuestionKind.COLOUR, rf'(?:what {_BE} )?the colou?r of (?P<rest>.+)'),
    (QuestionKind.COLOUR, rf'what colou?r (?P<rest>.+) {_BE}'),
    (QuestionKind.EXISTENCE, r'(?:is|are) there (?:still )?(?P<rest>.+)'),
    (QuestionKind.EXISTENCE,
     r'(?:(?:do|can|could|did) (?:you|u|we) (?:still |already )?(?:see|notice|recogni[sz]e)|'
     r'did (?:you|we) find|have (?:you|we) (?:seen|found|got)|do (?:you|we) have) '
     r'(?P<rest>.+?)(?: anywhere)?'),
    (QuestionKind.EXISTENCE,
     rf'(?:is|are) (?P<rest>(?:the|my|your|our|this|that|any) .+ {_AT} .+)'),
    (QuestionKind.WHERE,
     rf'where (?:exactly )?{_BE} (?P<rest>.+?)(?: (?:now|right now|exactly|again|at|located))?'),
    (QuestionKind.WHERE,
     r'where (?:did|do|can|could|should|have|has) (?:i|we|you|u|he|she|they) (?:just )?'
     r'(?:leave|put|left|find|found|see|seen|saw|place|placed|lose|lost) (?P<rest>.+)'),
    (QuestionKind.WHERE, rf'where (?P<rest>.+) {_BE}(?: (?:now|exactly))?'),
    (QuestionKind.WHERE,
     rf'how (?:far(?: away)?|close|near) {_BE} (?P<rest>.+?)'
     r'(?: (?:away|from (?:here|you|me|us|the robot|the camera)))*'),
    (QuestionKind.CHOICE, rf'(?:which|what)(?: one| ones)? {_BE} (?P<best>the .+)'),
    (QuestionKind.CHOICE, rf'(?:which|what)(?: one| ones)? (?P<best>the .+) {_BE}'),
    (QuestionKind.CHOICE,
     rf'which (?:of (?P<of>.+?)|(?P<noun>.+?)) {_BE} (?P<rest>.+)'),
    (QuestionKind.PLACE,
     rf'what (?:{_THINGS} )?(?:(?:{_BE}|lies|stands|sits|{_YOU_SEE})(?: there| lying| standing| '
     rf'sitting| placed)?|(?:things|objects) {_BE}) (?P<place>{_AT}\b.*)'),
    (QuestionKind.IDENTITY,
     rf'what {_BE} (?P<rest>(?:this|that|these|those|it|the|a|an)\b.*)'),
    (QuestionKind.IDENTITY, rf'what (?P<rest>(?:this|that|it|the)\b.*) {_BE}'),
)]
# Other questions: the verb comes before its subject.
_OTHER = re.compile(
    r"(?:what|who|whose|whom|which|when|why|how)(?: [a-z]+){0,3} (?:is|are|'s|was|were|does|do|"
    r"did|can|could|will|would|should|has|have)(?= )|"
    r'how (?:much|big|large|small|tall|high|long|wide|heavy|old|deep)(?= )|'
    r'(?:is|are|was|were|does|did|has) (?:the|my|your|our|this|that|these|those|it|he|she|they|'
    r'there|any|a|an|all|everything|anything|something|i|we)(?= |$)|'
    r'have (?:you|we|i|they)(?= )')
# "how about the red one" and "why don't you take it" are commands.
_SUGGESTION = re.compile(r"(?:how|what) about|why (?:do|don't|not)|why do n't|what if")
# They ask about more than what is seen: "what is the monitor sitting on".
_MORE = re.compile(
    r'.+ (?:on|in|at|of|for|with|to|from|by|like|made of|(?!thing$)[a-z]+ing|called|used)')
# A clause of its own: "how many legs does the stool have"; "can" is a tin, too.
_DOES = re.compile(r'.* (?:(?:does|do|did|could|would|have i|has)(?: .*|$)|'
                   r'can (?:you|i|we|it|he|she|they|the|a|an|my|your|be|have)\b.*)')
_THERE = re.compile(
    rf'(?: {_BE} there| there {_BE}|(?: {_BE})? visible| {_YOU_SEE}| have (?:you|we)|'
    r' do (?:you|we) have)(?= |$)')
# One or two words that can stand before a noun.
_LOOKS = re.compile(rf'(?!(?:a|an|the|not|with|made|{_AT})\b)[\w-]+(?: (?!(?:of|than)\b)[\w-]+)?')
_IS = re.compile(rf' {_BE} ')
_ANYTHING = re.compile(r'(?:any|some|every)(?:thing|body|one)(?: else)?(?: that is)?(?: |$)')
_OF_THEM = re.compile(rf'of (?:them|those|these)(?: {_BE})?(?: |$)')


def find_question(s: Sentence, clauses: Sequence[Clause]) -> Question | None:
    """Return the question that a text asks, or None for a command.

    Args:
        s: The tagged words.
        clauses: Its clauses.
    """
    start = 0
    for end in (*(i for i in range(len(s)) if s.word(i) in SENTENCE_ENDS and s.word(i) != ':'),
                len(s)):
        if found := _read(s, start, end):
            begin, question = found
            others = [clause for clause in clauses if clause.end <= begin]
            later = [clause for clause in clauses if clause.end > begin][1:]
            commands = any(clause.verb and clause.role is not Role.SUBORDINATE and not clause.asked
                           for clause in (*others, *later))
            return None if commands else question
        start = end + 1
    return None


def _read(s: Sentence, start: int, end: int) -> tuple[int, Question] | None:
    """Return where a question begins in a sentence, and the question; None without one."""
    while end > start and s.word(end - 1) in (',', 'please', 'robot', 'now', '"', "'"):
        end -= 1
    while start < end:
        text = s.joined(start, end)
        if _SUGGESTION.match(text):
            return None
        if asking := _ASK.match(text):
            inner = text[asking.end():].strip(' ,')
            if question := _match(inner):
                return start, question
        elif question := _match(text):
            return start, question
        if not (prelude := match_prelude(text)):
            return (start, Question(QuestionKind.OTHER)) if _OTHER.match(text) else None
        start += prelude
    return None


def _match(text: str) -> Question | None:
    """Return the question of words, lower case, that begin with it, or None."""
    for kind, pattern in _FORMS:
        if (found := pattern.fullmatch(text)) and (question := _question(kind, found)):
            return question
    return None


def _question(kind: QuestionKind, found: re.Match[str]) -> Question | None:
    """Return the question that a form has found; None where the form does not fit after all."""
    parts = found.groupdict()
    if kind is QuestionKind.SCENE:
        return Question(kind, 'all the objects')
    if kind is QuestionKind.PLACE:
        return Question(kind, f'all the objects {parts["place"]}', parts['place'])
    if kind is QuestionKind.CHOICE:
        return _choice(parts)
    rest = parts['rest'].strip(' ,')
    rest = {'they': 'them', 'these': 'them'}.get(rest, rest)
    if kind is QuestionKind.COUNT:
        return _count(rest)
    if kind is QuestionKind.EXISTENCE:
        return _existence(rest)
    if kind is QuestionKind.IDENTITY and (_MORE.fullmatch(rest) and not _IS.search(rest)):
        return None
    return None if _DOES.fullmatch(rest) else Question(kind, rest)


def _count(rest: str) -> Question:
    """Return the question how many there are."""
    if _DOES.fullmatch(_THERE.sub('', rest)):  # "how many legs does the stool have"
        return Question(QuestionKind.OTHER)
    rest = _THERE.sub('', f' {rest}').strip()
    if them := _OF_THEM.match(f'{rest} '):
        rest = rest[them.end():]
        return Question(QuestionKind.COUNT, f'the {_described("ones", rest)}' if rest
                        else 'all of them')
    noun, told, more = re.sub('^of (?:the |my |your )?', '', rest).partition(' are ')
    if not rest:
        return Question(QuestionKind.COUNT, 'all of them')
    return Question(QuestionKind.COUNT, f'all the {_described(noun, more) if told else noun}')


def _existence(rest: str) -> Question | None:
    """Return the question whether there is such a thing, or what there is at a place."""
    if re.match(r'(?:what|where|how|if|whether|why|who|which)\b', rest):
        return _match(rest)
    if anything := _ANYTHING.match(f'{rest} '):
        more = rest[anything.end():].strip()
        if re.match(rf'{_AT}\b', more):
            return Question(QuestionKind.PLACE, f'all the objects {more}', more)
        return Question(QuestionKind.EXISTENCE, f'a {_described("thing", more)}') if more else (
            Question(QuestionKind.SCENE, 'all the objects'))
    return Question(QuestionKind.EXISTENCE, re.sub('^(?:any|some|enough) ', 'all the ', rest))


def _choice(parts: dict[str, str | None]) -> Question | None:
    """Return the question which one it is: 'the biggest mug' of 'which mug is the biggest'."""
    if best := parts.get('best'):
        # "what is the red thing" asks for its name, "what is the biggest" for one of several.
        is_what = not re.search(r'\b(?:\w+est|\w+most|most \w+|one|ones)\b', best)
        one = ' one' if re.fullmatch(r'the (?:\w+est|\w+most)', best) else ''
        return None if is_what else Question(QuestionKind.CHOICE, f'{best}{one}')
    noun, rest = parts.get('noun') or 'one', parts['rest'] or ''
    if several := parts.get('of'):
        noun = singular(re.sub(r'^(?:the|my|your|these|those) ', '', several))
        noun = 'one' if noun in ('them', 'those', 'these') else noun
    if found := re.fullmatch(r'the (\w+est|\w+most|most \w+)( .*)?', rest):
        return Question(QuestionKind.CHOICE, f'the {found.group(1)} {noun}{found.group(2) or ""}')
    return Question(QuestionKind.CHOICE, f'the {_described(noun, rest)}')


def _described(noun: str, told: str) -> str:
    """Return a noun with what is told of it: 'red mugs', 'mugs that are on the plate'."""
    if _LOOKS.fullmatch(told):
        return f'{told} {noun}'
    return f'{noun} that {"is" if singular(noun) == noun else "are"} {told}'
