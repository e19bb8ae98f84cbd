# SPDX-License-Identifier: Apache-2.0
"""Words for what is seen in homes, offices and workshops, and which of them exclude each other.

A phrase is contrasted with them where a model's scores were not calibrated. A word that may name
the same thing as the phrase ("cup" for a mug) is no rival of it.
"""
from __future__ import annotations

from functools import cache

# Each entry is a thing that a home, an office or a workshop holds, then other words for it. A word
# may stand in several entries.
_THINGS = """
thing, object, item; mug, cup, coffee mug, teacup; cup, tumbler, beaker, paper cup; glass, wine
glass, tumbler, goblet; bowl, dish; plate, dish, saucer; pan, frying pan, skillet, saucepan; pot,
cooking pot, saucepan; vase, pot, flower pot; teapot, pot, kettle; jug, pitcher, carafe; bottle,
water bottle, flask, thermos; jar, canister; can, tin, soda can; box, carton, package, case,
crate, cardboard box; bag, pouch, paper bag, plastic bag, sack; tube, roll; tub, container;
basket; bucket, pail; tray; lid, cap, cover; spoon, teaspoon; fork; knife; chopsticks; spatula,
turner; ladle; whisk; tongs, pliers; grater; peeler; colander, sieve; cutting board, board;
rolling pin; corkscrew; salt shaker, pepper mill, shaker; toaster; blender, mixer; coffee maker,
coffee machine; microwave, oven; stove, oven; refrigerator, fridge; sink; apple; pear; banana;
orange, tangerine; lemon; lime; peach; plum; mango; kiwi; pineapple; strawberry, berry; cherry;
grapes; watermelon, melon; avocado; tomato; potato; onion; garlic; carrot; cucumber, zucchini;
pepper, bell pepper, chili; eggplant; broccoli; cabbage, lettuce; corn; mushroom; bread, loaf,
bun; egg; cheese; sausage, meat; cake, muffin; cookie, biscuit; donut; sandwich, burger; pizza;
cereal, cereal box, crackers; milk carton, milk, carton; juice, juice box, carton; chips, snack,
snack bag; chocolate, candy, chocolate bar; ketchup; mustard; honey; coffee; tea; sugar; salt;
soup; butter; sponge; soap; shampoo, lotion; detergent, cleaner; spray bottle, spray; toothbrush;
toothpaste; hairbrush, comb; razor; hair dryer; toilet paper, paper towel, roll; tissue box,
tissues; towel, cloth, rag, napkin; brush; broom; mop; trash can, bin; hammer; screwdriver;
wrench, spanner; drill, power drill; saw; clamp; nail; screw, bolt; nut; tape measure, tape,
ruler; tape; rope, string; wire, cable, cord; chain; padlock, lock; key, keys; flashlight, torch;
battery; light bulb, lamp; glue, glue stick; paint; gear; magnet; ladder; toolbox; scissors;
stapler; pen, marker, ballpoint; pencil, crayon; eraser; ruler; calculator; book, novel; notebook,
notepad; paper, sheet, document; newspaper, magazine; envelope, letter; card; calendar; folder,
binder; paper clip; picture, painting, poster, photo; keyboard; computer mouse, mouse; monitor,
screen, television; laptop, computer, notebook; tablet, screen; phone, cell phone, telephone;
camera; headphones, earphones; speaker, loudspeaker, radio; remote control, remote; charger,
adapter; plug, socket; microphone; printer; clock, alarm clock; watch; game controller, joystick;
lamp; candle; mirror; pillow, cushion; blanket, quilt; curtain; rug, carpet, mat; table, desk,
tabletop; chair; stool; sofa, couch; bed; shelf, bookshelf; cabinet, cupboard; drawer; door;
window; wall; floor; ceiling; fan; plant, flower, houseplant; tree, leaf; cube, block, dice;
brick, lego brick, block; ball, sphere; cylinder, tube; cone; pyramid; ring, hoop; star; toy car,
car; truck, toy truck; train; airplane; boat; bicycle; motorcycle; doll, figurine; teddy bear,
bear, stuffed animal; duck, rubber duck; dinosaur; horse; cat; dog; bird; fish; rabbit; elephant;
balloon; puzzle; playing card, card; drum; guitar; piano; tennis racket; frisbee; glove; hat, cap;
helmet; shoe, sneaker, boot; sock; shirt; jacket, coat; trousers, jeans; dress; tie, scarf; belt;
glasses, sunglasses; necklace; wallet, purse; handbag, bag; backpack, bag; suitcase; umbrella;
coin, money; medicine, pills; bandage; syringe; person, man, woman; hand, arm; face, head; robot;
shadow; hook; handle; wheel; stick; stone, rock
"""
# A word for many things, and words for some of them.
_KINDS = {
    'fruit': 'apple pear banana orange tangerine lemon lime peach plum mango kiwi pineapple '
             'strawberry berry cherry grapes watermelon melon avocado tomato',
    'vegetable': 'tomato potato onion garlic carrot cucumber zucchini pepper eggplant broccoli '
                 'cabbage lettuce corn mushroom avocado',
    'tool': 'hammer screwdriver wrench spanner drill saw clamp pliers scissors knife ladder',
    'container': 'mug cup bowl pot jug bottle jar can tin box carton bag tub basket bucket tray '
                 'case crate canister glass vase',
    'furniture': 'table desk chair stool sofa couch bed shelf cabinet cupboard drawer',
    'animal': 'bear duck dinosaur horse cat dog bird fish rabbit elephant',
    'vehicle': 'car truck train airplane boat bicycle motorcycle',
    'utensil': 'spoon fork knife spatula ladle whisk tongs chopsticks',
    'device': 'keyboard mouse monitor laptop tablet phone camera headphones speaker charger '
              'printer clock calculator radio remote',
    'dish': 'bowl plate saucer', 'drink': 'milk juice coffee tea water bottle can',
}
_KINDS['food'] = f'{_KINDS["fruit"]} {_KINDS["vegetable"]} bread egg cheese sausage meat cake ' \
    'cookie biscuit donut sandwich burger pizza cereal chips chocolate candy butter soup can tin'
_KINDS['toy'] = f'{_KINDS["animal"]} {_KINDS["vehicle"]} ball cube block brick ring doll ' \
    'puzzle balloon'

# Each entry is a colour, then words that may be said of the same thing.
_COLOURS = """
red, maroon, dark red; orange, golden; yellow, gold, golden, beige, cream; green, olive, lime; cyan,
turquoise, teal, aqua, light blue; blue, light blue, dark blue, navy, turquoise; purple, violet,
lavender, magenta; pink, magenta; brown, tan, beige, gold, maroon; white, beige, cream, silver;
gray, grey, silver; black
"""
_MATERIALS = """
metal, metallic, steel, shiny, silver; wooden, wood; plastic, rubber, rubbery, shiny, transparent,
clear; glass, transparent, clear, shiny; ceramic, clay, stone, shiny; leather; paper, cardboard
"""
_PATTERNS = 'plain; striped, stripy; dotted, spotted; checkered'


def _entries(table: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of each entry of a table."""
    return tuple(tuple(word.strip() for word in ' '.join(entry.split()).split(','))
                 for entry in table.split(';'))


def _same(table: str) -> dict[str, frozenset[str]]:
    """Return for each word of a table those that stand in an entry with it, itself included."""
    found: dict[str, set[str]] = {}
    for entry in _entries(table):
        for word in entry:
            found.setdefault(word, set()).update(entry)
    return {word: frozenset(others) for word, others in found.items()}


COLOURS = tuple(entry[0] for entry in _entries(_COLOURS))
# What phrases are contrasted with.
NOUNS = tuple(entry[0] for entry in _entries(_THINGS))
_SAME_THING = _same(_THINGS)
_SAME_THING |= {
    kind: frozenset({kind}).union(*(_SAME_THING.get(word, ()) for word in words.split()))
    for kind, words in _KINDS.items()}
_ATTRIBUTES = tuple((tuple(entry[0] for entry in _entries(table)), _same(table))
                    for table in (_COLOURS, _MATERIALS, _PATTERNS))


def is_household_noun(noun: str) -> bool:
    """Tell whether a noun, lower case, singular, is in the vocabulary."""
    return noun in _SAME_THING


def rival_nouns(noun: str) -> frozenset[str]:
    """Return those of `NOUNS` that name another thing than a noun does, whatever thing it is.

    Args:
        noun: One or more words, lower case: 'mug', 'box of crackers'.
    """
    same = _other_words(noun)
    return frozenset(other for other in NOUNS if other not in same)


def are_rivals(noun: str, other: str) -> bool:
    """Tell whether two nouns, in `NOUNS` or not, name different things, whatever they name."""
    return not any({one, one.split()[-1]} & _other_words(another)
                   for one, another in ((noun, other), (other, noun)))


@cache
def _other_words(noun: str) -> frozenset[str]:
    """Return a noun's words, and all nouns of the vocabulary that may name the same thing."""
    heads = [words[first:] for words in map(str.split, noun.split(' of '))
             for first in range(len(words))]  # "coffee mug", "mug"
    return frozenset(noun.split()).union(
        *(_SAME_THING.get(' '.join(head), ()) for head in heads))


def rival_attributes(attribute: str) -> tuple[str, ...]:
    """Return the colours, materials or patterns that exclude one, lower case; () for others.

    A shade has the rivals of its colour, too, and the colour is none of them ("dark green").
    """
    colour = attribute.split(' ')[-1]
    for names, same in _ATTRIBUTES:
        if attribute in same or colour in same:
            kept = same.get(attribute, frozenset()) | same.get(colour, frozenset())
            return tuple(name for name in names if name not in kept)
    return ()
