"""The lexicon of relations: the words that relate a target to an anchor."""
from __future__ import annotations

import re

from ris_ros.language.query import RelationType

_THE = r'(?:the |my |your |its )?'
_SIDE = r'(?: (?:- )?hand)?(?: side)?'


def _beside(side: str) -> tuple[str, ...]:
    """Return the patterns of 'to the left of' for one side."""
    return (
        rf'(?:(?:to|on|at|in|from|towards?) )?{_THE}(?:immediate |direct |far |very )?'
        rf'{side}{_SIDE} of',
        rf'(?:to|on) {_THE}{side}{_SIDE} from', rf'{side} to(?= the)')


_EXCLUSION = re.compile(r'(?:except(?: for)?|other than|apart from|but not|rather than)(?= |$)')
# Type -> patterns; the longest match at a place wins, so order does not matter.
_LEXICON = {
    RelationType.LEFT_OF: _beside('left'),
    RelationType.RIGHT_OF: _beside('right'),
    RelationType.ON: (
        r'(?:on )?(?:the )?top of', 'on', 'on to', 'upon', 'atop', 'from', 'off', 'off of'),
    RelationType.ABOVE: ('above', 'over', 'higher than'),
    RelationType.BELOW: ('below', 'under', 'underneath', 'beneath', 'lower than'),
    RelationType.IN: ('in', 'inside', 'inside of', 'within'),
    RelationType.BEHIND: (
        'behind', 'in back of', 'beyond', r'(?:at|on|to|in) the (?:back|rear)(?: side)? of'),
    RelationType.IN_FRONT_OF: (r'(?:(?:in|at|to|on) )?(?:the )?front(?: side)? of',),
    RelationType.NEAR: (
        'next to', 'beside', 'by', 'near by', r'near(?: to)?', 'nearby',
        r'(?:closer?|nearer) (?:to|by)',
        r'(?:the )?(?:closest|nearest) to', r'(?:closest|nearest)(?= (?:the|a|an|my) )',
        'adjacent to', 'alongside', 'around', 'at', 'touching',
        r'(?:up )?against', 'not far from', r'(?:by|at|to) (?:the|one) side of',
        r'in (?:the )?(?:vicinity of|proximity to)'),
    RelationType.BETWEEN: (
        'between', 'in between', 'in the middle between', r'among(?:st)?', 'amid'),
    RelationType.WITH: (
        r'(?:along |together )?with', 'without', 'having', 'wearing', 'containing', 'has',
        'have', 'had',
        r'(?:made|built) (?:out )?(?:of|from)', 'made with', 'full of', 'filled with',
        r'covered (?:in|with|by)'),
    RelationType.PART_OF: ('of',),
    RelationType.OTHER: (
        r'across(?: from)?', r'opposite(?: (?:to|of))?', r'(?:far )?away from',
        'far from', r'(?:far|fur)the(?:st|r)(?: away)? from',
        r'(?:[a-z]+er|(?:more|less) [a-z]+) than',
        r'(?:in|at|on) the (?:very )?'
        r'(?:middle|cent(?:er|re)|corner|edge|end|top|bottom|head|foot) of',
        r'(?:in|on|at) the (?:(?:top|bottom|back|front|upper|lower|far) )?(?:- )?'
        r'(?:left|right) (?:corner|edge|end|part) of',
        r'(?:looking|staring|pointing|smiling|gazing|facing) (?:at|to|towards?)',
        'outside', 'outside of', 'used for', 'for', 'about'),
}
_PATTERNS = [
    (kind, re.compile(rf'(?:{p})(?= |$)')) for kind, patterns in _LEXICON.items()
    for p in patterns]


def match_exclusion(text: str) -> int:
    """Return the number of words at the start of text, lower case, that exclude what follows."""
    found = _EXCLUSION.match(text)
    return len(found.group().split()) if found else 0


def match_relation(text: str) -> tuple[int, RelationType] | None:
    """Match the longest relation at the start of text, lower case.

    Returns:
        The number of its words and its type, or None.
    """
    return max(
        ((len(m.group().split()), kind) for kind, p in _PATTERNS if (m := p.match(text))),
        default=None, key=lambda found: found[0])
