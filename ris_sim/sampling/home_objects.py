# SPDX-License-Identifier: Apache-2.0
"""Make things of Style.HOME from their descriptions: shape, surfaces, prints and colour word."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from ris_sim.prints.elements import WHITE
from ris_sim.prints.packages import plain_print
from ris_sim.prints.pictures import bright
from ris_sim.sampling.colours import COLOURS
from ris_sim.sampling.descriptions import Description
from ris_sim.sampling.finishes import Finish, finished, home_colour, role_surface
from ris_sim.sampling.home_looks import LOOKS, Look
from ris_sim.sampling.home_prints import printed, wrapper
from ris_sim.sampling.natural_tones import natural_tone
from ris_sim.scene import Material, Part, Print, Projection, SceneObject
from ris_sim.shapes.catalogue import VARIANTS, Shape, variant
from ris_sim.shapes.mesh import Mesh
from ris_sim.style import Style

# Ranges of the factor on a variant's size, which is that of the real thing.
HOME_SIZES = {'small': (.74, .86), 'medium': (.93, 1.07), 'large': (1.16, 1.32)}
LYING_SHARE = .25
# A colour names a printed thing when it covers at least this share of it.
NAMED_SHARE = .55
# Metres by which clear parts stand above the table.
LIFT = 4e-4
# Accents are mostly black, white or gray.
ACCENTS = ('black', 'white', 'gray', 'white', 'black')
# Parts whose colour does not count when people name the thing's.
UNCOUNTED = frozenset({'inner', 'drink', 'liquid', 'label'})


def make_home_object(description: Description, number: int, split: str,
                     rng: np.random.Generator) -> SceneObject:
    """Draw a thing's shape, scale, surfaces and prints; it has no place yet.

    Args:
        description: of the thing.
        number: ends its name.
        split: whose shapes are used.
        rng: to draw with.
    """
    category, look = description.category, LOOKS[description.category]
    which = int(rng.choice(VARIANTS[split]))
    lying = look.lies and rng.random() < LYING_SHARE
    scale = float(rng.uniform(*HOME_SIZES[description.size_word]))
    shape = variant(category, which, lying, Style.HOME)
    surfaces, colour = dress(description, look, shape, lying, rng)
    name = f'{colour or "printed"}_{category}_{number}'.replace(' ', '_')
    return SceneObject(
        name, category, colour, description.material, description.size_word, scale, which, lying,
        (0.0, 0.0, 0.0), 0.0, tuple(scale * edge for edge in shape.extents),
        tuple(Part(role, lifted(mesh) if surfaces[role].transmission else mesh, surfaces[role])
              for role, mesh in shape.meshes if role in surfaces))


def lifted(mesh: Mesh) -> Mesh:
    """Lift a clear part a little, so that its bottom and the table do not share a plane."""
    return replace(mesh, vertices=mesh.vertices + np.float32([0, 0, LIFT]))


def dress(description: Description, look: Look, shape: Shape, lying: bool,
          rng: np.random.Generator) -> tuple[dict[str, Material], str]:
    """Draw the surfaces of a thing's roles, and return them with the word for its colour."""
    main = main_finish(description, look, rng)
    meshes = dict(shape.meshes)
    names, surfaces = {'main': description.colour}, {'main': main}
    accent = str(rng.choice(ACCENTS)) if rng.random() < .5 else str(rng.choice(list(COLOURS)))
    kept = 1.0
    clear = description.material == 'transparent'
    if look.motif and rng.random() < look.share and 'label' not in meshes and not clear:
        flat, kept = printed(look.motif, description.category, meshes['main'], lying, main.colour,
                             rng)
        surfaces['main'] = replace(main, print=flat, transmission=0.0)
    for role, mesh in meshes.items():
        if role == 'main':
            continue
        named = lesser_surface(role, mesh, description, main, accent, look, lying, rng)
        if named is not None:
            names[role], surfaces[role] = named
    return surfaces, colour_word(description, meshes, names, surfaces, kept)


def main_finish(description: Description, look: Look, rng: np.random.Generator) -> Material:
    """Draw the surface of the main part."""
    word = 'plain' if description.material == 'striped' else description.material
    fitting = [finish for finish in look.finishes if finish.word == word] or [Finish.GLOSSY]
    tone = natural_tone(description.category, description.colour, rng)
    main = finished(tone or home_colour(description.colour, rng),
                    fitting[rng.integers(len(fitting))], rng)
    if description.material == 'striped':
        second = (.95, .95, .92) if description.colour != 'white' else home_colour(
            str(rng.choice(['red', 'blue', 'black', 'green'])), rng)
        main = replace(main, second=second, texture='stripes', scale=float(rng.uniform(25, 70)))
    return main


def lesser_surface(role: str, mesh: Mesh, description: Description, main: Material, accent: str,
                   look: Look, lying: bool, rng: np.random.Generator
                   ) -> tuple[str, Material] | None:
    """Draw the surface of a part that is not the main one, with the name of its colour.

    Returns None when the thing goes without the part.
    """
    clear = main.transmission > 0
    if role in ('accent', 'lid', 'motif'):
        name = accent if role != 'lid' or rng.random() < .7 else 'white'
        finish = Finish.FROSTED if role == 'lid' and rng.random() < .2 else (
            Finish.GLOSSY if rng.random() < .6 else Finish.MATT)
        return name, finished(home_colour(name, rng), finish, rng)
    if role == 'handle':
        return description.colour, main
    if role == 'inner':
        if clear or description.material == 'metal' or rng.random() < .5:
            return description.colour, main
        white = finished(home_colour('white' if rng.random() < .7 else accent, rng),
                         Finish.CERAMIC, rng)
        return 'white', white
    if role == 'liquid' and (not clear or rng.random() < .25):
        return None
    if role == 'label':
        if not look.motif or rng.random() > look.share:
            return None
        ground = bright(rng) if rng.random() < .6 else WHITE
        flat = wrapper(mesh, lying, ground, description.category, rng)
        return '', Material(ground, roughness=.7, coat=.15, print=flat)
    if role in ('picture', 'screen'):
        return picture_surface(role, mesh, description, rng)
    return role_surface(role, rng)


def picture_surface(role: str, mesh: Mesh, description: Description,
                    rng: np.random.Generator) -> tuple[str, Material]:
    """Draw a framed picture, or a display that is off or shows something."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    if role == 'screen' and rng.random() < .5:
        return 'black', Material((.03, .03, .04), roughness=.3, coat=1.0)
    flat = description.category in ('phone', 'tablet')
    size = high - low
    sheet = plain_print(float(size[0]), float(size[1] if flat else size[2]),
                        (.9, .9, .92) if rng.random() < .5 else (.1, .12, .16), rng)
    shown = Print(sheet.image, sheet.regions, Projection.TOP if flat else Projection.FRONT,
                  tuple(low.tolist()), tuple(high.tolist()))
    return '', Material((.5, .5, .5), roughness=.4, coat=.8, print=shown)


def colour_word(description: Description, meshes: dict[str, Mesh], names: dict[str, str],
                surfaces: dict[str, Material], kept: float) -> str:
    """Return the word for a thing's colour, or '' when a print leaves none that covers most of it.

    Args:
        description: of the thing.
        meshes: of its roles.
        names: of its roles' colours.
        surfaces: of its roles.
        kept: share of the main part that the print leaves in its own colour.
    """
    if description.category == 'puzzle cube':
        return ''
    if surfaces['main'].print is None or description.category in ('football', 'baseball'):
        return description.colour
    shares: dict[str, float] = defaultdict(float)
    total = 0.0
    for role, name in names.items():
        if role in UNCOUNTED:
            continue
        area = area_of(meshes[role])
        total += area
        shares[name] += area * (kept if role == 'main' else 1.0)
    name = max(shares, key=shares.__getitem__)
    return name if shares[name] >= NAMED_SHARE * total else ''


def area_of(mesh: Mesh) -> float:
    """Return the area of a mesh in square metres."""
    a, b, c = mesh.vertices[mesh.faces].transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


