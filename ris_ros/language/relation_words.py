# SPDX-License-Identifier: Apache-2.0
"""The lexicon of relations: the words that relate a target to an anchor."""
from __future__ import annotations

import re

from ris_ros.language.query import RelationType
from ris_ros.language.text import word_set

_THE = r'(?:the |my |your |its )?'
_SIDE = r'(?: (?:- )?hand)?(?: side)?'
# "shoulder to shoulder with", "side by side with"; none of these words is part of a noun phrase.
_PAIR = r'(?:(?P<part>[a-z]+) (?:to|by|in|on) (?P=part)|cheek by jowl)(?: with| to)'
_HIDDEN = (
    r'(?:hidden|obscured|blocked|concealed|occluded|masked|screened|shielded|eclipsed|overshadowed)'
)


def _beside(side: str) -> tuple[str, ...]:
    """Return the patterns of 'to the left of' for one side."""
    return (
        rf'(?:(?:to|on|at|in|from|towards?) )?{_THE}(?:immediate |direct |far |very )?'
        rf'{side}{_SIDE} of',
        rf'(?:(?:to|on) {_THE})?{side}{_SIDE} from', rf'{side} to(?= the)',
        rf'{side}wards? (?:of|from)')


_EXCLUSION = re.compile(r'(?:except(?: for)?|other than|apart from|but not|rather than)(?= |$)')
# Type -> patterns; the longest match at a place wins, so order does not matter.
_LEXICON = {
    RelationType.LEFT_OF: _beside('left'),
    RelationType.RIGHT_OF: _beside('right'),
    RelationType.ON: (
        r'(?:on )?(?:the )?top of', 'on', 'on to', 'upon', 'atop', 'aboard', 'from', 'off',
        'off of'),
    RelationType.ABOVE: ('above', 'over', 'higher than', 'overhead'),
    RelationType.BELOW: ('below', 'under', 'underneath', 'beneath', 'lower than', 'underside'),
    RelationType.IN: ('in', 'inside', 'inside of', 'within', 'throughout'),
    RelationType.BEHIND: (
        'behind', 'in back of', 'beyond', 'rearwards? of',
        r'(?:at|on|to|in) the (?:back|rear)(?: side)? of',
        r'(?:at|on|to) the (?:far|other|opposite)(?: -)? side of(?! (?:the )?(?:room|street))',
        rf'{_HIDDEN} (?:from (?:view|sight) )?by'),
    RelationType.IN_FRONT_OF: (r'(?:(?:in|at|to|on) )?(?:the )?front(?: side)? of', 'ahead of',
        r'(?:at|on|to) (?:the (?:near|nearer|closer)|this|our|my) side of'),
    RelationType.NEAR: (
        'next to', 'beside', 'by', 'near by', r'near(?: to)?', 'nearby',
        r'(?:closer?|nearer) (?:to|by)',
        r'(?:the )?(?:closest|nearest) to', r'(?:closest|nearest)(?= (?:the|a|an|my) )',
        'adjacent to', 'alongside', 'along', 'around', 'round', 'at', 'touching', r'aside(?: of)?',
        'abreast of', 'nigh', 'abutting', 'bordering', 'close by', 'hard by', 'flush with',
        _PAIR, r'neighbou?ring', r'in line with', r'level with',
        r'parallel (?:to|with)',
        r'(?:up )?against', 'not far from', r'(?:by|at|to) (?:the|one) side of',
        r'in (?:the )?(?:vicinity of|proximity to)',
        r"(?:with)?in (?:easy )?(?:reach|reaching distance|touching distance|arm 's (?:length|"
        r"reach)|spitting distance|a hand 's breadth) of"),
    RelationType.BETWEEN: (
        'between', 'in between', 'in the middle between', r'among(?:st)?', r'amid(?:st)?'),
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
        r'(?:with)?in (?:plain |full )?(?:sight|view|range|earshot|front view) of',
        r'in the (?:shadow|shade|light|lee|line) of',
        'outside', 'outside of', 'used for', 'for', 'about'),
}
_PATTERNS = [
    (kind, re.compile(rf'(?:{p})(?= |$)')) for kind, patterns in _LEXICON.items()
    for p in patterns]


# Prepositions of place, whether or not a rule reads them; none of them is ever a noun.
PLACE_PREPOSITIONS = word_set(
    'abaft aboard about above abreast abutting across after against ahead along alongside amid '
    'amidst among amongst anterior around aside astride athwart atop before behind below beneath '
    'beside between betwixt beyond bordering by diagonal down flush in inside left level near nigh '
    'off on opposite outside over overhead parallel past perpendicular posterior rearward '
    'rearwards right round south north east west leftward '
    'leftwards rightward rightwards throughout through topside under underneath underside up upon '
    'versus via within yonder northeast northwest southeast southwest catercorner catty kitty '
    'clockwise counterclockwise anticlockwise downstream upstream downstage upstage diagonally')
_NEVER_NOUNS = word_set(
    'abaft abreast anterior aside astride athwart betwixt flush nigh posterior rearward rearwards '
    'topside underside yonder overhead amidst aboard northeast northwest southeast southwest '
    'catercorner clockwise counterclockwise anticlockwise downstream upstream downstage upstage')
# "windward of", "southwards of": places are told by words that end so, things hardly ever.
_DIRECTION = re.compile(r'(?!reward|award|steward|coward|ward)[a-z]+wards?$')
_IS_PAIR = re.compile(rf'{_PAIR}(?= |$)')


def is_never_noun(word: str) -> bool:
    """Tell whether a word, which the tagger may take for a noun, only tells a place."""
    return word in _NEVER_NOUNS or _DIRECTION.match(word) is not None


def is_place_word(word: str) -> bool:
    """Tell whether a word is a preposition of place or a direction: 'abaft', 'windward'."""
    return word in PLACE_PREPOSITIONS or _DIRECTION.match(word) is not None


def opens_pair(text: str) -> bool:
    """Tell whether a text begins with two parts that touch: 'shoulder to shoulder with'."""
    return _IS_PAIR.match(text) is not None


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
