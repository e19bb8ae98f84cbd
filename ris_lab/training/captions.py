# SPDX-License-Identifier: Apache-2.0
"""Captions of single objects (colour, category, material) and what each of them matches.

Where an object is, and how big, is left to geometry at run time. Such words appear here only as
words to be ignored, so that a whole sentence still points at its target.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ris_lab.training.colour_names import BASIC, SHADES, Rgb, colour_words, parents
from ris_lab.training.words import (
    ANY_WORDS,
    CATEGORY_WORDS,
    COLOUR_WORDS,
    FILLERS,
    GROUP_WORDS,
    MATERIAL_WORDS,
    PLACES,
    PREFIXES,
    RELATIONS,
    TOY_COLOURS,
    UNSEEN_FILLERS,
    UNSEEN_WORDS,
    meanings,
)

KINDS = ('colour', 'category', 'colour category', 'material category', 'material colour category')
MEANINGS = meanings()
_BASIC_OF = {word: name for name, words in COLOUR_WORDS.items() for word in words}


class CaptionFit(Enum):
    """Whether a caption fits an object.

    Attributes:
        YES: it does.
        NO: it does not.
        MAYBE: people would not agree.
    """

    YES = 1
    NO = 0
    MAYBE = -1


@dataclass(frozen=True)
class Attributes:
    """What is true of one object.

    Attributes:
        category: A key of `words.CATEGORY_WORDS`.
        colour: One of `colour_names.BASIC`; '' if no colour covers most of it.
        material: One of `words.MATERIALS`.
        rgb: sRGB of its main surface in 0..1, for the names of shades; None where it is not known.
    """

    category: str
    colour: str
    material: str
    rgb: Rgb | None = None

    def coloured(self, word: str) -> CaptionFit:
        """Tell whether a colour word fits; `COLOUR_WORDS` and `SHADES` are the words."""
        name = _BASIC_OF.get(word, word)
        if self.rgb is None:
            if self.colour in (name, TOY_COLOURS.get(word, name)):
                return CaptionFit.YES
            unsure = not self.colour or (name in SHADES and self.colour in parents(name))
            return CaptionFit.MAYBE if unsure else CaptionFit.NO
        sure, perhaps = colour_words(self.rgb)
        if name == self.colour or name in sure:
            return CaptionFit.YES
        return CaptionFit.MAYBE if name in perhaps else CaptionFit.NO

    def colours(self) -> list[str]:
        """Return the colour words that surely fit, the plainest one first."""
        words = list(COLOUR_WORDS.get(self.colour, ()))
        if self.rgb is None:
            return words + [word for word, name in TOY_COLOURS.items() if name == self.colour]
        return words + sorted(colour_words(self.rgb)[0] - {self.colour})


@dataclass(frozen=True)
class Caption:
    """A text and what it asks for; None or an empty set asks for nothing.

    Attributes:
        text: The caption.
        categories: The categories that its noun may mean.
        colour: Its colour word.
        material: Its material.
        absent: Whether it names a thing that is in no scene, so that it matches nothing.
    """

    text: str
    categories: frozenset[str] = frozenset()
    colour: str | None = None
    material: str | None = None
    absent: bool = False

    def fit(self, thing: Attributes) -> CaptionFit:
        """Tell whether the caption is true of an object; of an unseen noun little is known."""
        if self.categories and thing.category not in self.categories:
            return CaptionFit.NO
        if self.material is not None and thing.material != self.material:
            return CaptionFit.NO
        colour = CaptionFit.YES if self.colour is None else thing.coloured(self.colour)
        if self.absent:
            is_no = self.colour is None or colour is CaptionFit.NO
            return CaptionFit.NO if is_no else CaptionFit.MAYBE
        return colour

    def matches(self, thing: Attributes) -> bool:
        """Tell whether the caption is surely true of an object."""
        return self.fit(thing) is CaptionFit.YES


def noun_phrase(rng: np.random.Generator, thing: Attributes, kind: str) -> Caption:
    """Name an object by its kind of phrase (one of KINDS), with a synonym at random."""
    asked = set(kind.split())
    if thing.material == 'plain':
        asked.discard('material')
    if 'colour' in asked and not thing.colours():
        asked = asked - {'colour'} | {'category'}
    words, colour, noun = [], None, None
    if 'material' in asked:
        words.append(_pick(rng, MATERIAL_WORDS[thing.material]))
    if 'colour' in asked:
        colour = _colour_word(rng, thing)
        words.append(colour)
    if 'category' in asked:
        noun = _category_word(rng, thing.category)
        words.append(noun)
    else:
        words.append(_pick(rng, ANY_WORDS))
    return Caption(' '.join(words), MEANINGS[noun] if noun else frozenset(), colour,
                   thing.material if 'material' in asked else None)


def sample_caption(rng: np.random.Generator, thing: Attributes) -> Caption:
    """Caption an object for training: mostly its category, then colour, material and both."""
    draw = rng.random()
    if draw < 0.04:
        return _unseen_noun(rng, thing)
    if draw < 0.07:
        groups = [word for word, members in GROUP_WORDS.items() if thing.category in members]
        if groups:
            word = _pick(rng, groups)
            return _dressed(rng, Caption(word, MEANINGS[word]))
    shares = (0.15, 0.45, 0.28, 0.07, 0.05)
    return _dressed(rng, noun_phrase(rng, thing, str(rng.choice(KINDS, p=shares))))


def phantom_phrase(rng: np.random.Generator, things: tuple[Attributes, ...]) -> Caption:
    """Give one object the colour of another: often true of nothing, nearly true of two."""
    one, other = (things[int(index)] for index in rng.integers(len(things), size=2))
    return noun_phrase(rng, Attributes(one.category, other.colour, 'plain', other.rgb),
                       'colour category')


def phantom_caption(rng: np.random.Generator, things: tuple[Attributes, ...]) -> Caption:
    """Name what is mostly not there, for training: a phantom or any other thing."""
    if rng.random() < 0.6:
        return _dressed(rng, phantom_phrase(rng, things))
    other = Attributes(_pick(rng, tuple(CATEGORY_WORDS)), _pick(rng, BASIC), 'plain')
    kind = 'category' if rng.random() < 0.6 else 'colour category'
    return _dressed(rng, noun_phrase(rng, other, kind))


def _unseen_noun(rng: np.random.Generator, thing: Attributes) -> Caption:
    """Name a thing that the model has never seen, half the time with the object's colour."""
    noun = _pick(rng, UNSEEN_WORDS)
    if rng.random() < 0.5 or not thing.colours():
        return _dressed(rng, Caption(noun, absent=True))
    colour = _colour_word(rng, thing)
    return _dressed(rng, Caption(f'{colour} {noun}', colour=colour, absent=True))


def _dressed(rng: np.random.Generator, caption: Caption) -> Caption:
    """Put a caption into a sentence with words that do not change what it matches."""
    text = caption.text
    if rng.random() < 0.12:
        text = f'{_pick(rng, FILLERS)} {text}'
    if rng.random() < 0.05:
        text = f'{_pick(rng, UNSEEN_FILLERS)} {text}'
    text = f'{_pick(rng, PREFIXES)} {text}'
    draw = rng.random()
    if draw < 0.1:
        text = f'{text} {_pick(rng, PLACES)}'
    elif draw < 0.22:
        text = f'{text} {_pick(rng, RELATIONS)} the {_other_object(rng)}'
    return Caption(text.strip(), caption.categories, caption.colour, caption.material,
                   caption.absent)


def _other_object(rng: np.random.Generator) -> str:
    noun = _category_word(rng, _pick(rng, list(CATEGORY_WORDS)))
    if rng.random() < 0.5:
        return noun
    return f'{_pick(rng, COLOUR_WORDS[_pick(rng, BASIC)])} {noun}'


def _category_word(rng: np.random.Generator, category: str) -> str:
    """Choose the plain name half the time, else any synonym."""
    return category if rng.random() < 0.5 else _pick(rng, CATEGORY_WORDS[category])


def _colour_word(rng: np.random.Generator, thing: Attributes) -> str:
    """Choose the plain name half the time, else any word that surely fits."""
    words = thing.colours()
    return words[0] if rng.random() < 0.5 else _pick(rng, words)


def _pick(rng: np.random.Generator, words: list[str] | tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
