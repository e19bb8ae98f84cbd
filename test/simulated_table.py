# SPDX-License-Identifier: Apache-2.0
"""Tables with given things on them."""
from dataclasses import replace

import numpy as np

from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.descriptions import Description
from ris_sim.sampling.scenes import make_object, sample_scene
from ris_sim.scene import Camera

SEED = 770001  # training draws from other seeds, and from other shapes


def lay_out(*things, **view):
    """Render things as `render` does; return the image and their masks."""
    rendering = render(*things, **view)
    masks = np.array([rendering.labels == label + 1 for label in range(len(things))])
    return rendering.image, masks


def render(*things, alike=False, yaw=0.0, size=(640, 480)):
    """Render things of (category, colour, x, y) on a table.

    alike: whether things of one category and colour have one shape.  yaw: the camera's turn to
    the side, radians.  size: width, height of the image.
    """
    rng = np.random.default_rng([SEED, 99])
    scene = sample_scene(rng, 'test', count=(1, 1))
    made = [make_object(Description(category, colour, 'plain', 'medium'), number, 'test', rng)
            for number, (category, colour, _, _) in enumerate(things)]
    first = [[thing[:2] for thing in things].index(thing[:2]) for thing in things]
    objects = tuple(
        replace(made[first[number] if alike else number], name=made[number].name,
                position=(x, y, 0.0))
        for number, (_, _, x, y) in enumerate(things))
    camera = Camera((0.0, -0.7, 0.6), 0.0, np.radians(40), np.pi / 2 + yaw, np.radians(60))
    return Renderer(*size).render(replace(scene, objects=objects, camera=camera))
