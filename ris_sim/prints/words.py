# SPDX-License-Identifier: Apache-2.0
"""Words that stand on packages, covers and labels; brands are made up of syllables."""
from __future__ import annotations

import numpy as np

STARTS = ('Ba', 'Bel', 'Bri', 'Cor', 'Da', 'Del', 'El', 'Fa', 'Fri', 'Ga', 'Gol', 'Ha', 'Jo', 'Ka',
          'Kel', 'La', 'Lu', 'Ma', 'Mi', 'Mon', 'Na', 'No', 'Or', 'Pe', 'Pri', 'Qui', 'Ra', 'Ri',
          'Sa', 'Sun', 'Ta', 'Tro', 'Va', 'Ver', 'Wil', 'Ya', 'Zo')
MIDDLES = ('', '', 'bo', 'da', 'lo', 'mi', 'na', 'pe', 'ra', 'ti', 'vi', 'za')
ENDS = ('', 'co', 'dex', 'fit', 'go', 'la', 'lux', 'max', 'na', 'nix', 'ro', 'so', 'ta', 'tex',
        'tic', 'vo', 'x', "'s", 'ry', 'well', 'son')
FOOD = ('Crackers', 'Corn Flakes', 'Muesli', 'Cereal', 'Cookies', 'Rice', 'Pasta', 'Sugar', 'Salt',
        'Tea', 'Coffee', 'Cocoa', 'Milk', 'Juice', 'Tomato Soup', 'Beans', 'Tuna', 'Mustard',
        'Ketchup', 'Honey', 'Jam', 'Oats', 'Pudding', 'Chips', 'Popcorn', 'Flour', 'Peanuts',
        'Cheese', 'Olive Oil', 'Vinegar', 'Soda', 'Cola', 'Lemonade', 'Water', 'Yogurt', 'Candy')
HOUSEHOLD = ('Cleaner', 'Bleach', 'Soap', 'Shampoo', 'Wipes', 'Lotion', 'Cream', 'Polish', 'Glue',
             'Detergent', 'Tissues', 'Toothpaste', 'Sun Milk', 'Spray', 'Shower Gel', 'Paint')
PRAISE = ('NEW', 'FRESH', 'BIO', 'FREE', '+20%', '40% MORE', 'BEST', 'PURE', 'LIGHT', 'EXTRA',
          'ORIGINAL', 'CLASSIC', 'NATURAL', 'SUPER', 'ULTRA', 'No.1', '2x', '500 g', '12 oz',
          '1 L', '250 ml', '0% FAT', 'ORGANIC', 'WOW')
TITLES = ('The', 'A', 'of', 'Night', 'River', 'Garden', 'History', 'Secret', 'Machine', 'Learning',
          'Cooking', 'World', 'Light', 'Stone', 'Winter', 'Atlas', 'Robot', 'Music', 'Silent',
          'House', 'City', 'Ocean', 'Physics', 'Design', 'Modern', 'Letters', 'Journey', 'Small',
          'Great', 'Shadow', 'Summer', 'Algebra', 'Poems', 'Guide')
SMALL = ('and', 'with', 'the', 'of', 'in', 'water', 'may', 'contain', 'store', 'dry', 'cool',
         'place', 'salt', 'sugar', 'flour', 'oil', 'best', 'before', 'see', 'side', 'keep', 'net',
         'weight', 'made', 'from', 'ingredients', 'wheat', 'use', 'only', 'per', 'serving', 'read',
         'label', 'warning', 'children', 'shake', 'well', 'open', 'here')
MUGS = ('Best Dad', 'COFFEE', 'Hello', 'I love NY', 'Good Morning', 'BOSS', 'Tea Time', 'Paris',
        'University', 'TEAM 7', 'Mom', 'Keep Calm', 'Robotics', 'Lab', 'Berlin')


def brand(rng: np.random.Generator) -> str:
    """Make up a brand."""
    name = ''.join(str(rng.choice(part)) for part in (STARTS, MIDDLES, ENDS))
    return name.upper() if rng.random() < .4 else name


def title(rng: np.random.Generator) -> str:
    """Make up the title of a book."""
    return ' '.join(str(word) for word in rng.choice(TITLES, size=rng.integers(1, 4)))


def small_print(count: int, rng: np.random.Generator) -> str:
    """Draw a number of words of small print."""
    return ' '.join(str(word) for word in rng.choice(SMALL, size=count))
