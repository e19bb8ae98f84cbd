# SPDX-License-Identifier: Apache-2.0
"""Draw the light of lived-in rooms: windows, sun and lamps of 2500 to 8000 K, and the camera."""
from __future__ import annotations

import numpy as np

from ris_sim.scene import Colour, Daylight, Lamp, Metering

WINDOW_SHARE, SUN_SHARE = .45, .15


def blackbody(kelvin: float) -> Colour:
    """Return the linear RGB of a lamp or of daylight, of luminance 1.

    Source: the cubic approximation of the Planckian locus of Kim et al., 'Design of advanced
    colour temperature control system for HDTV applications', J. Korean Phys. Soc. 41, 2002.
    """
    t = 1000 / kelvin
    if kelvin < 4000:
        x = -.2661239 * t ** 3 - .2343589 * t ** 2 + .8776956 * t + .179910
        y = -.9549476 * x ** 3 - 1.37418593 * x ** 2 + 2.09137015 * x - .16748867
    else:
        x = -3.0258469 * t ** 3 + 2.1070379 * t ** 2 + .2226347 * t + .240390
        y = 3.0817580 * x ** 3 - 5.87338670 * x ** 2 + 3.75112997 * x - .37001483
    xyz = np.array([x / y, 1, (1 - x - y) / y])
    rgb = np.array([[3.2406, -1.5372, -.4986], [-.9689, 1.8758, .0415],
                    [.0557, -.2040, 1.0570]]) @ xyz
    return tuple(float(c) for c in np.maximum(rgb, .02))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours of light; share is that of the other."""
    return tuple((1 - share) * a + share * b for a, b in zip(one, other, strict=True))


def lamp_kelvin(rng: np.random.Generator) -> float:
    """Draw the colour temperature of a lamp: warm two times in three."""
    return float(rng.uniform(2500, 3600) if rng.random() < .65 else rng.uniform(3600, 6500))


def sample_home_light(rng: np.random.Generator) -> tuple[Daylight, tuple[Lamp, ...]]:
    """Draw the main light, the ambient light and the lamps of a room."""
    day, lamp = blackbody(rng.uniform(4800, 8000)), blackbody(lamp_kelvin(rng))
    kind = rng.random()
    ambient = float(np.exp(rng.uniform(np.log(.15), np.log(1.0))))
    if kind < WINDOW_SHARE:
        main, up, softness = day, rng.uniform(12, 60), rng.uniform(.06, .3)
        intensity, sky = rng.uniform(.4, 1.3), mixed(day, lamp, float(rng.uniform(0, .5)))
    elif kind < WINDOW_SHARE + SUN_SHARE:
        main, up, softness = blackbody(rng.uniform(4600, 5800)), rng.uniform(15, 65), .006
        intensity, sky = rng.uniform(1.2, 3.0), day
    else:
        main, up, softness = lamp, rng.uniform(50, 88), rng.uniform(.03, .3)
        intensity, sky = rng.uniform(.3, 1.2), mixed(lamp, day, float(rng.uniform(0, .6)))
    around, up = rng.uniform(0, 2 * np.pi), np.radians(up)
    direction = (float(np.cos(around) * np.cos(up)), float(np.sin(around) * np.cos(up)),
                 float(np.sin(up)))
    light = Daylight(direction, float(intensity), main, ambient, float(softness), sky,
                     occlusion=float(rng.uniform(.2, .5)), is_smooth=True)
    return light, home_lamps(lamp, rng)


def home_lamps(first: Colour, rng: np.random.Generator) -> tuple[Lamp, ...]:
    """Draw up to two lamps: on the ceiling, on a stand, or close over the table."""
    lamps = []
    for number in range(int(rng.choice(3, p=[.45, .4, .15]))):
        around = rng.uniform(0, 2 * np.pi)
        out, up = rng.uniform(.2, 1.6), rng.uniform(.5, 1.9)
        power = rng.uniform(.15, .9) * (out ** 2 + up ** 2)
        colour = first if number == 0 else blackbody(lamp_kelvin(rng))
        lamps.append(Lamp((float(out * np.cos(around)), float(out * np.sin(around)), float(up)),
                          float(power), colour, float(rng.choice([.02, .06, .15, .3])), True))
    return tuple(lamps)


def sample_metering(rng: np.random.Generator) -> Metering:
    """Draw how the camera exposes: mostly well, at times near dark or far too bright."""
    kind = rng.random()
    if kind < .05:
        level = rng.uniform(.015, .05)
    elif kind < .11:
        level = rng.uniform(.45, .7)
    else:
        level = np.clip(.22 * np.exp(rng.normal(0, .38)), .07, .45)
    gains = np.exp(rng.normal(0, [.05, .02, .05]))
    adaptation = rng.uniform(.75, 1.0) if rng.random() < .8 else rng.uniform(.2, .75)
    shoulder = 1.0 if rng.random() < .35 else rng.uniform(.5, .95)
    return Metering(float(level), float(adaptation), tuple(float(g) for g in gains),
                    float(shoulder))
