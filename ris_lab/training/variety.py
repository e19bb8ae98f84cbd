# SPDX-License-Identifier: Apache-2.0
"""Training scenes that are harder than those of the tests: crowded tables and unusual light."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.sampling.descriptions import (
    Description,
    describe,
    describe_objects,
    describe_stack,
)
from ris_sim.scene import Scene
from ris_sim.style import Style

CROWDED_SHARE, STACK_SHARE = 0.5, 0.3
PLACES = {'apart': 0.45, 'touching': 0.35, 'behind': 0.2}
UNUSUAL_LIGHT_SHARE = 0.5


def describe_crowd(count: int, rng: np.random.Generator,
                   style: Style = Style.TOY) -> list[Description]:
    """Draw descriptions as the tests' scenes have them or, half the time, of a crowded table.

    There several things stand on or in others, and most of the rest touches or hides something.
    """
    if rng.random() >= CROWDED_SHARE:
        return describe_objects(count, rng, style)
    wanted: list[Description] = []
    while len(wanted) < count:
        if rng.random() < STACK_SHARE:
            wanted += describe_stack(rng, style)
        else:
            how = str(rng.choice(list(PLACES), p=list(PLACES.values())))
            wanted.append(replace(describe(wanted, rng, style), how=how))
    return wanted[:count]


def other_lights(scene: Scene, rng: np.random.Generator) -> Scene:
    """Change, half the time, how much light comes from everywhere, from the sun and from lamps.

    So things are shaded anywhere between flat and half black, as other renderers shade them. The
    light that reaches a level place stays about as much as it was.
    """
    if rng.random() >= UNUSUAL_LIGHT_SHARE:
        return scene
    around, up = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(15, 85))
    direction = (float(np.cos(around) * np.cos(up)), float(np.sin(around) * np.cos(up)),
                 float(np.sin(up)))
    level, share = rng.uniform(1.0, 1.9), rng.uniform(0.08, 0.95)
    lamp = rng.uniform(0.3, 1.6)
    light = replace(scene.light, direction=direction, ambient=float(level * share),
                    intensity=float(level * (1 - share) / max(np.sin(up), 0.5)),
                    softness=float(np.exp(rng.uniform(np.log(0.005), np.log(0.3)))))
    lamps = tuple(replace(each, intensity=float(lamp * each.intensity)) for each in scene.lamps)
    return replace(scene, light=light, lamps=lamps)
