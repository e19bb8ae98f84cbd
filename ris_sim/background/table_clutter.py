# SPDX-License-Identifier: Apache-2.0
"""What lies or stands on tables beside the things that are named."""
from __future__ import annotations

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.furniture import Pieces
from ris_sim.background.interior import walled_box
from ris_sim.background.pictures import picture
from ris_sim.background.solids import at, post, slab
from ris_sim.scene import Projection

# Metres that a sheet stands out over the table.
PAPER = .0012


def flat(image: np.ndarray, width: float, depth: float, rng: np.random.Generator,
         height: float = PAPER) -> Pieces:
    """Build a flat thing whose upper side shows a picture."""
    material = look.pictured(image, width, height * 2, 0, 0, rng, Projection.TOP, depth)
    return [(material, slab(width, depth, height))]


def calibration_board(rng: np.random.Generator) -> Pieces:
    """Build a checkerboard or a sheet of tags."""
    image = picture('checkerboard', rng)
    width = rng.uniform(.1, .4)
    return flat(image, width, width * image.shape[0] / image.shape[1], rng)


def paper(rng: np.random.Generator) -> Pieces:
    """Build a sheet, a letter or a newspaper."""
    large = rng.choice([1, 1, 1.41, 1.9])
    return flat(picture('page', rng), .21 * large, .297 * large, rng)


def place_mat(rng: np.random.Generator) -> Pieces:
    """Build a place mat, a tray, a cutting board or a cutting mat."""
    width, depth = rng.uniform(.26, .5), rng.uniform(.2, .36)
    kind = rng.integers(4)
    if kind == 0:
        return flat(picture('poster', rng), width, depth, rng, .003)
    if kind == 1:
        return walled_box(width, depth, rng.uniform(.015, .04), .006, look.plastic(rng, .5))
    if kind == 2:
        return [(look.timber(rng), slab(width, depth, rng.uniform(.008, .02)))]
    return [(look.fabric(rng), slab(width, depth, .003))]


def runner(rng: np.random.Generator) -> Pieces:
    """Build a narrow cloth."""
    return [(look.fabric(rng), slab(rng.uniform(.25, .5), rng.uniform(.8, 2.0), .002))]


def crate(rng: np.random.Generator) -> Pieces:
    """Build a low open box."""
    return walled_box(rng.uniform(.2, .4), rng.uniform(.15, .3), rng.uniform(.05, .16),
                      rng.uniform(.003, .01), look.plastic(rng, .5))


def riser(rng: np.random.Generator) -> Pieces:
    """Build a bare block, stand or device."""
    body = look.plastic(rng, .2)
    width, depth, height = rng.uniform(.1, .35), rng.uniform(.1, .25), rng.uniform(.03, .2)
    return [(body, slab(width, depth, height)),
            (look.plastic(rng), at(post(.012, .01), width * .3, 0, height))]
