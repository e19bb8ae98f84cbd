# SPDX-License-Identifier: Apache-2.0
"""Find the clauses that forbid what they name: "don't touch the glass", 'leave the vase alone'."""
from __future__ import annotations

import re

from ris_ros.language.sentence import Sentence
from ris_ros.language.text import word_set

DENIALS = frozenset({'not', "n't", 'never'})
_ASKED = word_set('you u we i')
# "could you not take the glass": the denial stands after the politeness.
_BEFORE_VERB = DENIALS | word_set('ever dare')
_NO_VERB_TAGS = word_set('DT PRP PRP$ IN WP CD JJ')
# To deny these is to ask for the object: "don't forget the keys".
_LOSING = word_set('forget miss lose drop stop hesitate fail')
# These forbid by themselves.
_AVOIDING = word_set('ignore avoid disregard skip exclude omit forget spare')
_KEEP_OFF = re.compile(
    r'(?:stay|keep|steer)(?: (?:well|far))? (?:away|clear|off)(?: (?:from|of))? |'
    r'(?:keep )?(?:your |the )?hands off |(?:refrain|abstain) from |beware of |'
    r'(?:watch|look) out for |mind (?=the |my |that |your )|be careful (?:with|of) |'
    r'no (?:more )?[a-z]+ing |without [a-z]+ing |'
    r'(?:instead of|rather than) |'
    r"(?:make sure|be sure|ensure|see|remember)(?: that)?(?: you| we| to)? "
    r"(?:do (?:n't|not)|never|not) ")
_LEFT_ALONE = re.compile(
    r'leave .+ (?:alone|be|in peace|untouched|(?:where|as) (?:it|they|he|she) (?:is|are|\'s))$')
_WISHES = word_set('want need require prefer like love')


def skip_denial(s: Sentence, i: int, end: int) -> int:
    """Return the index after 'not' or 'never' before a verb at word i."""
    while i + 1 < end and s.word(i) in _BEFORE_VERB and s.tag(i + 1) not in _NO_VERB_TAGS:
        i += 1
    return i


def is_denied(s: Sentence, start: int, first: int) -> bool:
    """Tell whether the words from start to before the verb at first deny it.

    "do not" and "you must never" do; "won't you" and "why don't you" are polite.
    """
    if s.word(start) == 'to' and start and s.word(start - 1) in DENIALS:
        return True  # "be careful not to touch the glass"
    for i in range(start, first):
        if s.word(i) in DENIALS:
            return s.word(i + 1) not in _ASKED or (
                s.word(i - 1) == 'do' and s.word(i - 2 if i > 1 else len(s)) != 'why')
    return False


def denies_rest(s: Sentence, start: int, first: int) -> bool:
    """Tell whether an opener denies what follows: "I don't want", 'it is not'."""
    opener = s.words[start:first]
    return not DENIALS.isdisjoint(opener) and (opener[-1] in _WISHES | DENIALS)


def forbids(s: Sentence, first: int, end: int, verb: str, denied: bool) -> bool:
    """Tell whether a command forbids the object that it names.

    Args:
        s: The sentence.
        first: Index of its verb, or of its first word.
        end: Index after its last word.
        verb: Its last verb, '' where there is none.
        denied: Whether the verb is denied.
    """
    if verb in _LOSING and denied:
        return False
    text = s.joined(first, end)
    avoids = verb in _AVOIDING or _KEEP_OFF.match(text) or _LEFT_ALONE.match(text)
    return bool(avoids) != denied
