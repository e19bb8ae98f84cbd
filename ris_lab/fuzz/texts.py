# SPDX-License-Identifier: Apache-2.0
"""Texts that a person might say, and such as nobody should ever send."""
from __future__ import annotations

from collections.abc import Callable
from random import Random
import unicodedata

from ris_sim.expressions.vocabulary import PREFIXES
from ris_sim.shapes.catalogue import CATEGORIES

# Every table has such an object.
_ANYTHING = ('the largest object', 'the leftmost thing', 'take the object on the right',
             'the nearest thing', 'the object in the middle', 'all objects')
_COLOURS = ('red', 'green', 'blue', 'yellow', 'white', 'black', 'brown', 'orange', 'pink', 'gray')
_TAILS = ('', '', '', ' on the left', ' next to the box', ' behind the mug', ' in the bowl')
# What ends other commands, or means something only after an answer.
_TURNS = ('stop', 'stop!', 'emergency stop', 'start over', 'the second one', 'it', 'the left one',
          'no, the other one', 'all the mugs', 'yes', 'hello', 'follow me')
_CODE = ('%s%n%d', '{0.__class__}', '$(reboot)', "'; DROP TABLE mugs; --", '<img src=x>', '\\x00',
         '../../etc/passwd', '{"text": null}', 'NaN', '-1', 'null', '\\', '"', "'", '((((', '[[[')
_DIRECTIONS = '\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
_COMBINING = (*map(chr, range(0x300, 0x370)), '\u20dd', '\u20e3', '\u0489')
_BLOCK = 0x80
_SURROGATES = range(0xd800, 0xe000)
_LONG = 10 ** 6


def likely_text(rng: Random) -> str:
    """Return a command as a person says it."""
    chance = rng.random()
    if chance < .45:
        return rng.choice(_TURNS if chance < .15 else _ANYTHING)
    return (f'{rng.choice(PREFIXES)} {rng.choice(_COLOURS)} {rng.choice(CATEGORIES)}'
            f'{rng.choice(_TAILS)}').strip()


def hostile_text(rng: Random) -> str:
    """Return a text of any kind that DDS can carry; a few have a million characters."""
    return rng.choice(_HOSTILE)(rng)


def sendable_text(text: str) -> str:
    """Return a text without what DDS cannot carry: a NUL, and half a surrogate pair."""
    return text.replace('\0', '').encode(errors='ignore').decode()


def block_text(rng: Random, start: int) -> str:
    """Return up to 40 characters of the Unicode block that begins at a code, with a command.

    Args:
        rng: Chooses them.
        start: A multiple of 128; surrogates are left out.
    """
    codes = [code for code in range(start, start + _BLOCK) if code not in _SURROGATES]
    word = ''.join(chr(rng.choice(codes)) for _ in range(rng.randint(1, 40))) if codes else ''
    return rng.choice((word, f'the red {word}', f'{word} the mug', f'take {word}, then {word}'))


def _of_any_block(rng: Random) -> str:
    return block_text(rng, rng.randrange(0, 0x110000, _BLOCK))


def _of_named_characters(rng: Random) -> str:
    """Return characters that have a name, which most codes have not."""
    word = ''
    while len(word) < 12:
        letter = chr(rng.randrange(0x30000))
        word += letter if unicodedata.name(letter, '') else ''
    return f'the {word} mug'


def _with_directions(rng: Random) -> str:
    return ''.join(rng.choice(_DIRECTIONS) * (rng.random() < .3) + letter
                   for letter in likely_text(rng))


def _with_combining(rng: Random) -> str:
    return ''.join(letter + ''.join(rng.choices(_COMBINING, k=rng.randint(0, 8)))
                   for letter in likely_text(rng))


def _with_controls(rng: Random) -> str:
    text = list(likely_text(rng))
    for _ in range(rng.randint(1, 4)):
        text.insert(rng.randint(0, len(text)), chr(rng.choice((*range(32), 127, 133, 0xfeff))))
    return ''.join(text)


def _blank(rng: Random) -> str:
    return rng.choice(('', ' ', '\t\n', '\u3000', '\u200b' * 5, '.', '...', '?!'))


def _repeated(rng: Random) -> str:
    """Return a sentence that goes on until the longest command that is read."""
    part = rng.choice((' next to the box', ' and the mug', ' the', ' of', ' left', ', the red',
                       ' that is on the table', ' not', ' stop', 'a', '(', '"', ' behind it'))
    return ('the mug' + part * 1000)[:rng.choice((200, 999, 1000, 1001))]


def _long(rng: Random) -> str:
    length = rng.choice((1001, 10_000, 10_000, 100_000, _LONG))
    return (rng.choice(('x', 'red ', 'ß', '𝕏', '\u0301', 'stop ')) * length)[:length]


def _code(rng: Random) -> str:
    return f'{rng.choice(("", "the "))}{rng.choice(_CODE)}'


_HOSTILE: tuple[Callable[[Random], str], ...] = (
    _of_any_block, _of_any_block, _of_any_block, _of_named_characters, _with_directions,
    _with_combining, _with_controls, _blank, _repeated, _long, _code)
