# SPDX-License-Identifier: Apache-2.0
"""The background of a scene: pixels that no object owns."""
from dataclasses import replace

import numpy as np

from ris_sim.rendering.raycast import before, visible_share
from ris_sim.rendering.renderer import Renderer

RENDERER = Renderer(320, 240)


def test_background_pixels_carry_no_label(make_object, make_scene):
    cube, vase = make_object('cube', 'blue'), make_object('vase', 'red', x=.2, scale=1.5)
    scene = replace(make_scene(cube), background=(vase,))
    rendering = RENDERER.render(scene)
    as_object = RENDERER.render(make_scene(cube, vase))
    np.testing.assert_array_equal(rendering.background == 1, as_object.labels == 2)
    np.testing.assert_array_equal(rendering.labels == 1, as_object.labels == 1)
    assert not rendering.labels[rendering.background > 0].any()
    np.testing.assert_array_equal(rendering.depth, as_object.depth)


def test_background_casts_shadows(make_object, make_scene):
    vase = make_object('vase', scale=1.5)
    light = replace(make_scene().light, direction=(-.8, 0.0, .6))
    empty, full = (RENDERER.render(replace(make_scene(), light=light, background=background))
                   for background in ((), (vase,)))
    away = full.background == 0
    drop = empty.image[away].astype(int).sum(axis=1) - full.image[away].sum(axis=1, dtype=int)
    assert (drop > 60).sum() > 200


def test_a_round_table_has_no_corners_and_may_stand_off_the_middle(make_scene):
    scene = make_scene()
    table = replace(scene.table, size=(.6, .4), centre=(.2, .1), is_round=True)
    rendering = RENDERER.render(replace(scene, table=table))
    v, u = np.mgrid[:240, :320]
    rays = np.stack([(u - rendering.camera.cx) / rendering.camera.fx,
                     (v - rendering.camera.cy) / rendering.camera.fy, np.ones((240, 320))], axis=2)
    points = (rays * rendering.depth[..., None]) @ scene.camera.rotation.T + scene.camera.position
    on_top = np.abs(points[..., 2]) < 1e-3
    assert on_top.sum() > 1000
    inside = ((points[..., 0] - .2) / .3) ** 2 + ((points[..., 1] - .1) / .2) ** 2
    assert inside[on_top].max() < 1.01
    assert inside[on_top].max() > .95


def test_background_before_an_object_hides_a_share_of_it(make_object, make_scene):
    can = make_object('can', scale=1.5)
    front = make_object('vase', 'blue', x=.01, y=-.1, scale=1.2)
    aside, behind = make_object('box', x=.5), make_object('box', y=.3)
    scene = replace(make_scene(can), background=(front, aside, behind))
    assert before(scene, can) == [front]
    model = scene.camera.model(320, 240)
    free = visible_share(can, [], scene.camera, model)
    partly = visible_share(can, before(scene, can), scene.camera, model)
    assert .05 < partly < .95 * free
