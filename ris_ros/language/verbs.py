# SPDX-License-Identifier: Apache-2.0
"""The verbs of commands, and the role that each gives its object."""
from __future__ import annotations

from enum import IntEnum

from ris_ros.language.sentence import BASE_TAGS, OBJECT_OPENING_TAGS
from ris_ros.language.text import word_set


class Role(IntEnum):
    """The role of the object that a clause names.

    Of several objects the one whose role is first in this order is meant.
    """

    HANDLE = 1
    MOVE = 2
    MENTION = 3
    SUBORDINATE = 4


# The last place phrase is the destination of their object: "put the soap on the sink".
PLACE_VERBS = word_set(
    'put place set drop lay throw toss pour insert store stack hang load move push slide leave '
    'position arrange stick dump deposit drag shift return keep pile plug rest spread sprinkle')

# "to the right" after their object is its destination, but "under the table" is its place.
PUSH_VERBS = word_set('sweep roll rotate shove nudge swing tilt spin swipe kick')

# Their place is no place of their object either: "heat the soup in the microwave".
TREAT_VERBS = word_set(
    'heat cook boil fry bake toast roast chill cool warm freeze microwave rinse soak wash')

# "with" after their object names a tool or a filling: "cut the tomato with the knife".
TOOL_VERBS = word_set(
    'fill cut slice chop wipe clean wash dry mix stir cover wrap scoop hit poke open water mop '
    'scrub')

# They may name a person, who is no object: "meet Alex at the door".
PERSON_VERBS = word_set(
    'meet follow greet guide escort lead ask contact accompany introduce call help tell')

# They may name a person first: "give the girl the book".
GIVE_VERBS = word_set('give hand bring pass show offer get fetch')

# The robot goes to what they name.
MOVE_VERBS = word_set(
    'go walk proceed come navigate run travel enter approach exit advance march continue cross '
    'step wander return reach')

# The robot moves if a preposition follows ("turn to the car"), else it handles the object.
MOVE_OR_HANDLE_VERBS = word_set(
    'turn stop park move drive head stand wait sit back pass pull get rotate leave crawl fly roll '
    'slow hurry')

# Verbs of speech ask for an answer, which may be about an object.
SPEECH_VERBS = word_set('tell say explain speak talk sing dance know think understand remember')

# Verbs of commands that are seldom anything else.
_STRONG = word_set(
    'grab bring give fetch pick put place take go find get show follow locate identify select '
    'choose remove track lift carry deliver search retrieve pass throw toss pour insert open move '
    'navigate walk proceed approach enter segment detect highlight touch examine inspect describe '
    'collect gather hold pull push turn stop make bring let drop tell say explain keep grasp '
    'seize obtain acquire raise rotate unplug activate deactivate look come leave sit eat buy '
    'wipe wash sweep peel chop avoid ignore disregard skip indicate recognize recognise '
    'continue return travel try release')

# Verbs that are as often nouns or adjectives: a watch, a light, a hand, the open can.
_WEAK = word_set(
    'lower tidy set lay store stack hang load slide face watch clean dry hand park light point '
    'head press water cook cut dust cover fold drive run stand wait help use check count spot mark '
    'seal strap back close empty fill drink read play note screw hammer comb brush iron shut slice '
    'mix stir wrap plug pin clip tie lock ring roll catch need want see switch circle')

_KNOWN = _STRONG | _WEAK | PLACE_VERBS | TOOL_VERBS | TREAT_VERBS | word_set(
    'straighten organize')

_VERB_PAIRS = frozenset({
    ('point', 'at'), ('point', 'to'), ('point', 'towards'), ('point', 'out'), ('hand', 'over')})
# Said alone or with a place ("hand on the left"), these name a thing.
VERBS_OR_THINGS = word_set(
    'watch hand light head face cover screw hammer comb brush iron plug pin clip tie lock ring '
    'roll strap seal')
_MAY_FOLLOW_WEAK = word_set(
    'to at up down on off out toward towards into over for onto away left right through around')


def is_known_verb(word: str) -> bool:
    """Tell whether a word may be the verb of a command."""
    return word in _KNOWN


def verb_of_gerund(word: str) -> str | None:
    """Return the verb of a command that a word is the gerund of, or None: 'pass' of 'passing'."""
    if not word.endswith('ing'):
        return None
    return next((verb for verb in (word[:-3], word[:-3] + 'e', word[:-4]) if verb in _KNOWN), None)


def is_strong_verb(word: str) -> bool:
    """Tell whether a word is seldom anything but the verb of a command."""
    return word in _STRONG


def is_command_verb(word: str, tag: str, next_word: str, next_tag: str, *, initial: bool) -> bool:
    """Tell whether a word begins a command.

    Args:
        word: The word, lower case.
        tag: Its tag.
        next_word: The word after it, or ''.
        next_tag: The tag of that one, or ''.
        initial: Whether the word is the first of its clause.
    """
    object_follows = next_tag in OBJECT_OPENING_TAGS | {'PDT', 'WP'} or next_word in ('me', 'us')
    is_base = tag in BASE_TAGS
    if word == 'close' and initial:
        return next_word not in ('to', 'up', 'by')
    if word in _STRONG and tag not in ('VBG', 'VBN'):
        return True
    if initial and word in MOVE_OR_HANDLE_VERBS and next_tag in ('IN', 'TO', 'RB', 'RP') and (
            next_word != 'of'):
        return True
    if (word, next_word) in _VERB_PAIRS:
        return True
    if word in MOVE_OR_HANDLE_VERBS and is_base and next_tag == 'IN':
        return True
    if word in _WEAK:
        return object_follows or (is_base and (initial or next_word in _MAY_FOLLOW_WEAK)) or (
            not next_word and initial and word not in VERBS_OR_THINGS)
    if tag in BASE_TAGS | {'NN', 'NNP', 'UH', 'JJ', 'VBD'} and object_follows and initial:
        return word.isalpha()
    return is_base and (object_follows or initial) and word.isalpha()
