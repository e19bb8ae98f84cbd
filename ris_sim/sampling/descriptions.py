# SPDX-License-Identifier: Apache-2.0
"""Draw which objects stand on a table, with words in common so that expressions are needed."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ris_sim.sampling.colours import COLOURS, MATERIALS, NATURAL
from ris_sim.sampling.home_looks import LOOKS, Look
from ris_sim.sampling.placement import (
    CONTENTS,
    HOME_CONTENTS,
    HOME_ON_TOP,
    HOME_SUPPORTS,
    HOME_VESSELS,
    ON_TOP,
    SUPPORTS,
    VESSELS,
)
from ris_sim.shapes.catalogue import CATEGORIES, HOME_CATEGORIES
from ris_sim.style import Style

# Probabilities of the materials.
MATERIAL_SHARES = (.7, .1, .1, .1)
# Probabilities that a scene has a stack, objects that touch, a partly hidden object, and a twin of
# the stack's upper object.
STACKED_SHARE = .45
TOUCHING_SHARE = .5
HIDDEN_SHARE = .4
TWIN_SHARE = .65
# How many of the things of Style.HOME that may be striped are.
STRIPED_SHARE = .15
# Colours of tinted glass.
CLEAR_COLOURS = ('green', 'blue', 'brown', 'pink', 'red')
# What is met most often on tables is drawn more often.
COMMON = frozenset({'mug', 'bowl', 'plate', 'bottle', 'can', 'box', 'book', 'cup', 'glass', 'jar',
                    'cereal box', 'milk carton', 'cleaner bottle', 'spray bottle', 'sugar box',
                    'tin', 'wipes', 'chips can', 'coffee can', 'banana', 'apple', 'ball', 'brick',
                    'marker', 'pen', 'phone', 'drill', 'scissors', 'food container', 'snack bag'})
HOME_SHARES = np.array([4 if name in COMMON else 1 for name in HOME_CATEGORIES])
HOME_SHARES = HOME_SHARES / HOME_SHARES.sum()


@dataclass(frozen=True)
class Description:
    """An object before it has a shape and a place.

    Attributes:
        category: one of catalogue.CATEGORIES, or of HOME_CATEGORIES in Style.HOME.
        colour: a key of colours.COLOURS. The object that comes of it has this colour, unless a
            print covers it: then it has the print's colour, or '' when no colour covers most of
            it. A caption of an object whose colour is '' says no colour, and one that says a
            colour neither fits such an object nor excludes it.
        material: one of colours.MATERIALS, or of HOME_MATERIALS in Style.HOME.
        size_word: 'small', 'medium' or 'large'.
        how: how it stands: 'apart', 'touching', 'behind', or 'on' (on or in the object described
            before it).
    """

    category: str
    colour: str
    material: str
    size_word: str
    how: str = 'apart'


def describe_objects(count: int, rng: np.random.Generator,
                     style: Style = Style.TOY) -> list[Description]:
    """Draw descriptions; half of them share words with an earlier one."""
    stack = count > 1 and rng.random() < STACKED_SHARE
    descriptions = describe_stack(rng, style)[:count] if stack else []
    for _ in range(count - len(descriptions)):
        descriptions.append(describe(descriptions, rng, style))
    later = [i for i, item in enumerate(descriptions) if i > 0 and item.how == 'apart']
    rng.shuffle(later)
    for how, share in (('touching', TOUCHING_SHARE), ('behind', HIDDEN_SHARE)):
        if later and rng.random() < share:
            index = later.pop()
            descriptions[index] = replace(descriptions[index], how=how)
    return descriptions


def describe(earlier: list[Description], rng: np.random.Generator,
             style: Style = Style.TOY) -> Description:
    """Draw a description that may share category, colour or both with an earlier one."""
    if style is Style.HOME:
        return describe_home(earlier, rng)
    category = str(rng.choice(CATEGORIES))
    colour = colour_of(category, rng)
    material = str(rng.choice(MATERIALS, p=MATERIAL_SHARES))
    if earlier and rng.random() < .5:
        other = earlier[rng.integers(len(earlier))]
        kind = rng.random()
        if kind < .75:
            category = other.category if kind < .45 else category
            colour = other.colour if kind >= .45 else colour
        else:
            category, colour, material = other.category, other.colour, other.material
    size_word = str(rng.choice(['small', 'medium', 'large'], p=[.3, .4, .3]))
    return painted(Description(category, colour, material, size_word))


def describe_stack(rng: np.random.Generator, style: Style = Style.TOY) -> list[Description]:
    """Draw a support, an object on or in it and, mostly, a twin of that object elsewhere."""
    if style is Style.HOME:
        return describe_home_stack(rng)
    inside = rng.random() < .5
    base = describe([], rng)
    category = str(rng.choice(VESSELS if inside else SUPPORTS))
    base = painted(replace(base, category=category, colour=colour_of(category, rng),
                           size_word=str(rng.choice(['medium', 'large']))))
    top = describe([], rng)
    category = str(rng.choice(CONTENTS if inside else ON_TOP))
    top = painted(replace(top, category=category, colour=colour_of(category, rng), how='on',
                          size_word=str(rng.choice(['small', 'medium'], p=[.7, .3]))))
    stack = [base, top]
    if rng.random() < TWIN_SHARE:
        colour = top.colour if rng.random() < .5 else colour_of(category, rng)
        stack.append(painted(replace(top, colour=colour, how='apart')))
    return stack


def describe_home(earlier: list[Description], rng: np.random.Generator,
                  category: str = '') -> Description:
    """Draw a description of Style.HOME that may share words with an earlier one.

    Args:
        earlier: descriptions of the same scene.
        rng: to draw with.
        category: to describe; '' for any.
    """
    other = earlier[rng.integers(len(earlier))] if earlier and rng.random() < .4 else None
    kind = rng.random()
    if not category:
        is_same = other is not None and kind < .55
        category = other.category if is_same else str(rng.choice(HOME_CATEGORIES, p=HOME_SHARES))
    look = LOOKS[category]
    finish = look.finishes[rng.integers(len(look.finishes))]
    colour = look.colours[rng.integers(len(look.colours))]
    if other is not None and kind > .45 and other.colour in look.colours:
        colour = other.colour
    material = finish.word
    if material == 'plain' and look.stripes and rng.random() < STRIPED_SHARE:
        material = 'striped'
    colour = home_colour_word(look, colour, material, rng)
    size_word = str(rng.choice(['small', 'medium', 'large'], p=[.25, .5, .25]))
    return Description(category, colour, material, size_word)


def home_colour_word(look: Look, colour: str, material: str, rng: np.random.Generator) -> str:
    """Return a colour that goes with a material: wood is brown, and only clear things have none."""
    if material == 'wood':
        return 'brown'
    if material == 'metal' and rng.random() < .6 and 'gray' in look.colours:
        return 'gray'
    if material == 'transparent':
        return colour if colour in CLEAR_COLOURS and rng.random() < .3 else ''
    named = [name for name in look.colours if name]
    return colour or (str(rng.choice(named)) if named else 'white')


def describe_home_stack(rng: np.random.Generator) -> list[Description]:
    """Draw a support of Style.HOME, a thing on or in it and, mostly, a twin of that thing."""
    inside = rng.random() < .5
    base = describe_home([], rng, str(rng.choice(HOME_VESSELS if inside else HOME_SUPPORTS)))
    top = describe_home([], rng, str(rng.choice(HOME_CONTENTS if inside else HOME_ON_TOP)))
    top = replace(top, how='on', size_word=str(rng.choice(['small', 'medium'], p=[.6, .4])))
    stack = [base, top]
    if rng.random() < TWIN_SHARE:
        twin = describe_home([], rng, top.category)
        stack.append(replace(top, how='apart') if rng.random() < .4 else twin)
    return stack


def colour_of(category: str, rng: np.random.Generator) -> str:
    """Draw a colour; half the time the natural one, when the category has one."""
    natural = category in NATURAL and rng.random() < .5
    return str(rng.choice(NATURAL[category] if natural else list(COLOURS)))


def painted(description: Description) -> Description:
    """Give a description the colour word of its material: wood is brown."""
    return replace(description, colour='brown') if description.material == 'wood' else description
