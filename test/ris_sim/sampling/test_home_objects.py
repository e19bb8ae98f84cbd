# SPDX-License-Identifier: Apache-2.0
"""Things of Style.HOME: prints are parts, colour words tell the truth, glass lets light through."""
from dataclasses import replace

import numpy as np
import pytest

from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.colours import COLOURS, HOME_MATERIALS
from ris_sim.sampling.descriptions import Description, describe_home
from ris_sim.sampling.home_objects import make_home_object
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Material
from ris_sim.shapes.catalogue import HOME_CATEGORIES, VARIANTS
from ris_sim.style import Style

RENDERER = Renderer(320, 240)


def make(category, colour, material='plain', seed=0, split='test'):
    """Make a thing in the middle of the table."""
    return make_home_object(Description(category, colour, material, 'medium'), 1, split,
                            np.random.default_rng(seed))


def without_print(thing):
    """Return a thing whose surfaces are plain."""
    return replace(thing, parts=tuple(
        replace(part, surface=replace(part.surface, print=None)) for part in thing.parts))


@pytest.mark.parametrize('category', ['cereal box', 'can', 'cleaner bottle', 'milk carton'])
def test_a_print_changes_the_picture_and_is_a_part_of_its_own(make_scene, category):
    for seed in range(3):
        thing = make(category, 'yellow', seed=seed)
        assert any(part.surface.print for part in thing.parts)
        printed, plain = (RENDERER.render(make_scene(each))
                          for each in (thing, without_print(thing)))
        np.testing.assert_array_equal(printed.labels, plain.labels)
        assert set(np.unique(printed.parts[printed.labels == 0])) == {0}
        assert (printed.parts > 0).sum() == (printed.labels > 0).sum()
        if len(np.unique(printed.parts)) > len(np.unique(plain.parts)):
            change = np.abs(printed.image.astype(int) - plain.image).max(axis=2)
            assert (change > 60).sum() > 20
            return
    raise AssertionError('No print of three is seen.')


def test_parts_have_numbers_of_their_own_and_table_and_room_have_none(make_object, make_scene):
    bottle = make_object('bottle')
    parts = RENDERER.render(make_scene(bottle)).parts
    assert set(np.unique(parts)) == set(range(len(bottle.parts) + 1))


def test_the_words_of_a_printed_thing_are_true():
    words = {}
    for seed in range(24):
        thing = make('cereal box', 'red', seed=seed)
        words[thing.colour] = words.get(thing.colour, 0) + 1
        flat = thing.parts[0].surface.print
        ground = np.rint(np.array(thing.parts[0].surface.colour) * 255)
        share = (np.abs(flat.image - ground).max(axis=2) < 24).mean()
        assert thing.colour == ('red' if share >= .55 else '')
    assert min(words.values()) > 2


def test_what_stands_behind_glass_is_seen_through_it(make_scene, make_object):
    glass = replace(make('glass', '', 'transparent'), position=(0, -.1, 0))
    red, blue = (make_object('cube', colour, y=.02, scale=1.3) for colour in ('red', 'blue'))
    one, other = (RENDERER.render(make_scene(glass, cube)) for cube in (red, blue))
    np.testing.assert_array_equal(one.labels, other.labels)
    on_glass = one.labels == 1
    change = (one.image.astype(int) - other.image)[on_glass]
    assert (change[:, 0] > 40).sum() > 100
    assert (change[:, 2] < -40).sum() > 100
    assert one.shiny[on_glass].mean() > .5


def test_clear_things_throw_no_hard_shadow(make_scene):
    glass = make('glass', '', 'transparent')
    opaque = replace(glass, parts=tuple(replace(part, surface=Material((.9, .9, .9)))
                                        for part in glass.parts))
    clear, solid = (RENDERER.render(make_scene(each)) for each in (glass, opaque))
    table = clear.labels == 0
    assert clear.image[table].mean() > solid.image[table].mean()


def test_every_category_can_be_described_and_made():
    rng = np.random.default_rng(4)
    for category in HOME_CATEGORIES:
        description = describe_home([], rng, category)
        thing = make_home_object(description, 1, 'calibration', rng)
        assert thing.variant in VARIANTS['calibration']
        assert thing.colour in ('', *COLOURS)
        assert thing.material in HOME_MATERIALS
        assert all(0 <= channel <= 1 for part in thing.parts for channel in part.surface.colour)


def test_home_scenes_repeat_and_use_their_split():
    one, other = (sample_scene(np.random.default_rng(9), 'train', style=Style.HOME)
                  for _ in range(2))
    assert [thing.name for thing in one.objects] == [thing.name for thing in other.objects]
    assert all(thing.variant in VARIANTS['train'] for thing in one.objects)
    for a, b in zip(one.objects, other.objects, strict=True):
        for part, again in zip(a.parts, b.parts, strict=True):
            np.testing.assert_array_equal(part.mesh.vertices, again.mesh.vertices)
            if part.surface.print:
                np.testing.assert_array_equal(part.surface.print.image, again.surface.print.image)
