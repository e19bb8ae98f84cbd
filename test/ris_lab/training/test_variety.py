# SPDX-License-Identifier: Apache-2.0
"""Training scenes are crowded and lit otherwise, and mean the same."""
import numpy as np

from ris_lab.training.variety import describe_crowd, other_lights
from ris_sim.sampling.scenes import sample_scene


def test_half_the_tables_are_crowded():
    rng = np.random.default_rng(0)
    tables = [describe_crowd(8, rng) for _ in range(60)]
    assert all(len(table) == 8 for table in tables)
    close = [sum(thing.how != 'apart' for thing in table) for table in tables]
    assert sum(count >= 4 for count in close) > 15
    assert sum(count <= 3 for count in close) > 15
    assert max(sum(thing.how == 'on' for thing in table) for table in tables) > 1


def test_other_light_leaves_the_things_and_about_the_brightness():
    rng = np.random.default_rng(1)
    scenes = [sample_scene(rng, 'train', (2, 3), describe_crowd) for _ in range(12)]
    changed = [(scene, lit) for scene, lit in
               ((scene, other_lights(scene, rng)) for scene in scenes) if lit is not scene]
    assert 2 < len(changed) < 10
    for scene, lit in changed:
        assert lit.objects is scene.objects
        assert len(lit.lamps) == len(scene.lamps)
        level = lit.light.ambient + lit.light.intensity * lit.light.direction[2]
        assert 0.5 < level < 2.5
    shares = [lit.light.ambient / lit.light.intensity for _, lit in changed]
    assert max(shares) > 3 * min(shares)
