# SPDX-License-Identifier: Apache-2.0
"""The words before the object: politeness, questions, "there is"."""
from __future__ import annotations

from collections.abc import Sequence
import re

from ris_ros.language.text import word_set
from ris_ros.language.verbs import Role

SENTENCE_ENDS = word_set('. ? ! ; : … ... .. !! ?? -- —')

# After "robot", these tell which robot is meant; anything else addresses the robot.
_TELLS_WHICH = (
    'on|in|at|to|by|near|with|next|behind|under|between|above|below|over|inside|beside|closest|'
    'nearest|farthest|left|right|middle|top|bottom|that|which|who|is|and|arm|hand|of|from')

# In "when you have a moment, ..." and "if it's not too much trouble, ..." nothing is named.
_COURTEOUS = (
    r'(?:(?!(?:the|my|your|our|this|that|these|any|some|see|find|an?) )[^ ,]+ |'
    r'an? (?:spare |free |quick |little )?(?:moment|minute|second|sec|chance|bit|while|hand|break|'
    r'(?:bother|problem|trouble|burden|hassle)) |(?:any|some|the) (?:time|chance|trouble|bother) )')
# Words before the command, which are removed until none is left.
_PRELUDES = [re.compile(rf'(?:{p})(?= |$)') for p in (
    r'(?:please|pls|kindly|hey|hi|hello|ok|okay|well|so|um+|uh+|er|now|then|and|but|also|just|'
    r'yeah|alright|great|thanks|thank you|sorry|excuse me|oh|wow|whoa|damn|finally|afterwards|'
    r'quickly|carefully|slowly|gently|maybe|perhaps|again|hurry up|'
    r'(?:yes|no|next|first|second|wait)(?= ,)|no(?= (?:no|not|wait|i|we|the|that|this|,)(?: |$)))',
    r"[,!.'\"():;-]+", r'(?:hey |hi |hello |ok |okay |dear |the )?robot(?= ?(?:,|!|$))',
    rf'robot(?= (?!(?:{_TELLS_WHICH})(?: |$)))',
    r"(?:can|could|would|will|wo|ca|might|may)(?: n't)? (?:you|u|i|we|the robot)(?: please)?"
    r'(?: be able to| manage to| try to| help me(?: to)?| go ahead and)?',
    r"(?:i|we)(?: 'd| would| 'll| will)? ?(?:really |just )?(?:want|need|like|love|wish|expect)"
    r'(?: for)? you to',
    r"(?:i|we)(?: 'd| would)? ?(?:really |just )?(?:want|like|need|have|love) to",
    r'(?:would|do) you mind(?: please)?',
    r'mind(?: please)?(?= (?!the |that |your |my |this )[a-z]+ '
    r'(?:me|us|up|over|the|that|this|my|your|a) )',
    r'be an? [a-z]+ and', r'be so (?:kind|good)(?: and| as to)', r'be kind and',
    r'(?:is there )?any (?:chance|way)(?: that| of)?',
    r'(?:at|in) your (?:own |earliest )*(?:convenience|time|pace|leisure)',
    rf'(?:if|when|whenever|once|as soon as) (?:it|you|u|that|this|i|we) {_COURTEOUS}+,',
    r'how (?:would|do|can|could) (?:you|i|we)',
    r"why (?:do|wo) n't you", r'are you able to', r'is it possible(?: for you)? to',
    r'your (?:task|job|goal) is to',
    r"you(?: 'll)? (?:should|must|can|could|might|would|need to|have to|could|will)",
    r'(?:i|we) (?:was|were|am) (?:wondering|hoping) (?:if|that) you (?:could|can|would)',
    r'go ahead and', r"let (?:'s|us|me)(?: now)?", r'try to',
    r'help me(?: to)?(?= [a-z]+ (?:the|my|a) )',
    r"(?:do|does) (?:not|n't)",
    r'be (?:so kind|kind enough)(?: as)? to', r'in order to',
)]

# The openings of sentences that name an object, and the role of that object.
_OPENERS = [(role, re.compile(rf'(?:{p})(?= |$)')) for role, p in (
    (Role.HANDLE,
     r'(?:take|make|snap|get) (?:a|some) (?:picture|photo|snapshot|image|video)s?(?: of)?|'
     r'(?:find|figure) out(?= (?:how|which|what|where|who|if|whether) )|'
     r'(?:make sure|check|see|verify)(?: that| if| whether)?(?= (?:the|my|a|your|our) )'),
    (Role.HANDLE,
     r"(?:i|we)(?: 'd| would| 'm| am| 're| are| ca n't| can not| can|'ve| 've| have| do n't|"
     r' do not)?'
     r'(?: really| just| also| still)? '
     r'(?:want|need|looking for|searching for|find|lost|see|prefer|require)'),
    (Role.HANDLE, r"(?:i|we)(?: 'd| would) (?:really )?(?:like|love)"),
    (Role.HANDLE,
     r'(?:do|did|have|has) (?:you|we|i|anyone) (?:see|seen|find|found|have|got|know where)'),
    (Role.HANDLE, r'(?:is|are|was|were) (?:there|this|that|these|those|it)'),
    (Role.HANDLE,
     r'(?:is|are|was|were|does|do|did|has|have)(?= (?:the|my|a|an|this|that|any|your|our) )'),
    (Role.HANDLE, r'how (?:many|much|big|far|large|old|long|tall|heavy)'),
    (Role.HANDLE,
     r'(?:where|what|which|who|whose|how|when|why)(?: exactly)?'
     r"(?: (?:is|are|'s|was|were|does|do|did|can|has|have))?"),
    (Role.MENTION, r"there (?:is|are|'s|was|were|should be)"),
    (Role.MENTION,
     r"(?:it|this|that|these|those|he|she|here) (?:is|are|'s|was|were)(?: not| n't)?"),
)]

_SMALL_TALK = re.compile(
    r'(?:are|were) you|(?:do|did|would) you (?:like|love|hate|think|want|speak)|'
    r'(?:i|we|you) (?:really )?(?:like|love|hate|think)(?= [a-z]+$)|'
    r'good (?:morning|afternoon|evening|night)|(?:one|once) more(?: time)?(?: please)?$|'
    r'(?:the )?wrong (?:one|object|thing|way|direction|again)$|'
    r'done(?: (?:robot|buddy|man|now|already))?$|'
    r'(?:very )?(?:good|bad|nice|great|well|smart|clever|excellent) '
    r'(?:boy|girl|robot|job|work|done)(?: (?:robot|buddy|man|so far|today))?$')
# The vehicle that the robot is: "stop the car behind the truck".
_EGO = re.compile(r'(?:the|this|your|our|my) (?:car|vehicle|robot)(?= |$)')


def is_small_talk(text: str) -> bool:
    """Tell whether text, lower case, is small talk, such as praise or a question to the robot."""
    return _SMALL_TALK.match(text) is not None


def match_ego(text: str) -> int:
    """Return the number of words at the start of text that name the robot itself."""
    found = _EGO.match(text)
    return len(found.group().split()) if found else 0


def match_prelude(text: str) -> int:
    """Return the number of words at the start of text, lower case, that make one prelude."""
    return max((len(m.group().split()) for p in _PRELUDES if (m := p.match(text))), default=0)


def count_preludes(words: Sequence[str]) -> int:
    """Return the number of words, lower case, in all the preludes at the start."""
    count = 0
    while count < len(words) and (n := match_prelude(' '.join(words[count:]))):
        count += n
    return count


def match_opener(text: str) -> tuple[int, Role] | None:
    """Match an opener at the start of text, lower case.

    Returns:
        The number of its words and the role that it gives the object, or None.
    """
    for role, pattern in _OPENERS:
        if found := pattern.match(text):
            return len(found.group().split()), role
    return None
