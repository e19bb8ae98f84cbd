# SPDX-License-Identifier: Apache-2.0
"""Lexicons of nouns and colours, and the singular forms of nouns."""
from __future__ import annotations

import re

from ris_ros.language.text import word_set

CLOTHES = word_set(
    'shirt shirts tshirt hat cap jacket coat dress skirt pants trousers jeans shorts suit sweater '
    'hoodie jersey uniform vest shoes boots helmet glasses sunglasses gloves scarf tie outfit '
    'clothes clothing tee top blouse apron')

# A colour after a noun starts a new phrase in telegraphic speech ("guy red shirt").
COLOURS = word_set(
    'red orange yellow green cyan blue turquoise purple violet pink brown beige tan white gray '
    'grey black silver gold golden')
# They make another colour of the one after them: "light blue".
SHADES = word_set('light dark bright pale deep')

# Nouns that say what another thing is made of, also before an adjective: "metal frying pan".
MATERIALS = word_set('metal wood plastic glass rubber paper leather steel stone clay cardboard')

# Colours that are also things or names keep the tag that their context gives them.
PLAIN_COLOURS = COLOURS - {'orange', 'silver', 'gold', 'tan', 'violet'}
LOOKS = word_set(
    'metallic wooden striped shiny plastic ceramic dotted spotted checkered plain transparent '
    'rubbery round square rectangular tall short tiny small big large little huge')

# Things that robots handle; the tagger, trained on newspapers, misreads many of them.
THINGS = word_set(
    'apple backpack ball banana battery bear bin blender bottle bowl box bread brick broccoli '
    'brush bucket burger cabinet candle cake can carrot carton cereal chair charger cheese chips '
    'clock coke cone cookie couch cracker cube cucumber cup cupboard cushion cylinder desk dish '
    'donut drawer drill duck eggplant eraser flashlight fork fridge giraffe glass grape guitar '
    'hammer headphones hexagon jar jug kettle keyboard keys kiwi knife ladle laptop '
    'lamp lemon lettuce lid lime mango marker microwave mirror monitor mouse mug mustard napkin '
    'notebook onion oven pan peach pear pen pencil pepper phone pillow pitcher pizza plate plum '
    'potato pot printer prism pyramid radio remote ring sandwich saucer scissors screwdriver '
    'shampoo sink soap soda sofa spatula sphere sponge spoon stapler star strawberry teapot teddy '
    'tin tissue toaster tomato toothbrush toothpaste towel toy tray truck umbrella vase wallet '
    'wrench zebra block book hook rack stool table shelf object thing item')

# "a bunch of bananas" is one thing; "the handle of the drawer" is a part of another.
MEASURES = word_set(
    'bunch bottle glass cup mug can jar box bag pack packet carton roll piece slice pair set pile '
    'stack heap bowl plate tray basket bucket loaf sheet stick bar tube head block lump group row '
    'kind sort type bouquet pot tin case crate')

# Not the object itself in a question or before "of": "the colour of the mug".
ATTRIBUTES = word_set(
    'color colour size shape kind type number amount position location state name brand material '
    'side')

# Ways of moving and looking, after which an object may follow: "make a turn behind the car".
MANOEUVRES = word_set(
    'turn uturn look glance direction forward forwards backward backwards straight ahead way '
    'meter meters metre metres centimeter centimeters centimetre centimetres cm inch inches '
    'degree degrees lane lanes bit moment seconds minute minutes distance care speed')

# Lengths only with a number: "two steps", but "the steps".
COUNTED = word_set('step steps feet foot second seconds')

# They name no object: "the bench nobody is sitting on".
INDEFINITES = word_set(
    'something anything nothing everything someone somebody anyone anybody everyone everybody '
    'nobody')

# Not objects, and nothing after them in their clause is one either.
OPAQUE = word_set(
    'time times date day today tomorrow yesterday morning afternoon evening night week month year '
    'hour hours name names age music song songs joke jokes story stories question questions '
    'answer answers appointment news weather temperature mistake mistakes error errors task tasks '
    'job work problem problems idea sense sorry thanks thank hello hi hey goodbye bye luck love '
    'life home favor favour attention conversation chat break rest fun hurry order orders '
    'instruction instructions command commands language english meaning reason truth math party '
    'birthday volume alarm reminder try mode program yes no ok okay please help advice opinion '
    'information permission mind hint clue feedback trouble chance dance scene surroundings timer '
    'game games clockwise counterclockwise anticlockwise') | INDEFINITES

# Never part of a noun phrase: "the window please".
INTERJECTIONS = word_set(
    'please yes yep nope nah ok okay hey oh wow whoa thanks hello hi yeah um uh undo '
    'redo cancel')

# A position may be within one of these: "on the left of the picture".
WHOLES = word_set(
    'picture pictures pic photo photograph image view scene shot group row line crowd '
    'two three four five')

# "one" stands for a noun.
PRO_NOUNS = frozenset({'one', 'ones'})

# Places of objects, seldom objects themselves: "find the kitchen and wash the pan".
ROOMS = word_set(
    'room bedroom bathroom kitchen lounge hallway hall corridor office studio garage basement '
    'balcony attic lobby laundry floor level house building apartment gym spa foyer patio closet '
    'pantry porch terrace library entryway stairwell den study nursery sauna cellar restroom')

# They wear things, and "on" and "in" after them are about them: "the man on the bike".
PEOPLE = word_set(
    'man woman guy girl boy lady kid child person player dude gal baby toddler teenager adult '
    'gentleman fellow bride groom chef waiter batter catcher umpire ump skier surfer skater '
    'snowboarder rider driver pedestrian cyclist biker policeman officer worker')

# The robot's own: "raise your arm", "who is your boss".
BODY_PARTS = word_set(
    'arm arms hand hands gripper grippers head eyes eye leg legs base body fingers finger wrist '
    'camera motor motors wheels wheel boss maker creator inventor friend')

_IRREGULAR = {
    'people': 'person', 'men': 'man', 'women': 'woman', 'children': 'child', 'feet': 'foot',
    'teeth': 'tooth', 'mice': 'mouse', 'geese': 'goose', 'knives': 'knife', 'wives': 'wife',
    'lives': 'life', 'leaves': 'leaf', 'loaves': 'loaf', 'shelves': 'shelf', 'halves': 'half',
    'scarves': 'scarf', 'wolves': 'wolf', 'buses': 'bus', 'lenses': 'lens', 'pies': 'pie',
    'ties': 'tie', 'cookies': 'cookie', 'movies': 'movie', 'axes': 'axe', 'shoes': 'shoe',
    'toes': 'toe',
}
_PLURALS = {one: several for several, one in _IRREGULAR.items()}
_NO_SINGULAR = word_set(
    'scissors pants trousers jeans shorts tweezers pliers tongs tights goggles binoculars '
    'clothes glasses sunglasses series species news gas lens')


def is_plural(noun: str) -> bool:
    """Tell whether a noun, lower case, names several things."""
    return singular(noun) != noun


def singular(noun: str) -> str:
    """Return the singular of a noun, lower case."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun in _NO_SINGULAR or len(noun) < 4 or re.search(r'[siu]s$|[^s]$', noun):
        return noun
    if noun.endswith('ies'):
        return noun[:-3] + 'y'
    if re.search(r'(?:ss|sh|ch|x|zz|[td]o|ngo)es$', noun):
        return noun[:-2]
    return noun[:-1]


def plural(noun: str) -> str:
    """Return the plural of a noun or of a phrase that ends in one, lower case."""
    before, _, last = noun.rpartition(' ')
    if last in _NO_SINGULAR:
        return noun
    if last in _PLURALS:
        last = _PLURALS[last]
    elif re.search(r'[^aeiou]y$', last):
        last = f'{last[:-1]}ies'
    elif re.search(r'(?:s|sh|ch|x|z|[td]o|ngo)$', last):
        last = f'{last}es'
    else:
        last = f'{last}s'
    return f'{before} {last}'.strip()
