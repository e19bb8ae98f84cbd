# SPDX-License-Identifier: Apache-2.0
"""``ris worlds`` writes the packaged worlds again."""
import argparse
from pathlib import Path

import numpy as np
import pytest

from ris_sim.cli import worlds
from ris_sim.worlds.sdf_reader import read_world

PACKAGED = Path(__file__).parents[3] / 'worlds'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp('worlds')
    parser = argparse.ArgumentParser()
    worlds.add_parser(parser.add_subparsers())
    args = parser.parse_args(['worlds', '--out', str(out)])
    assert args.func(args) == 0
    return out


def test_same_worlds_and_meshes_as_packaged_are_written(folder):
    for pattern in ('*.sdf', 'meshes/*.obj'):
        names = [path.name for path in sorted(PACKAGED.glob(pattern))]
        assert [path.name for path in sorted(folder.glob(pattern))] == names


@pytest.mark.parametrize('name', ['tabletop_1', 'tabletop_7', 'relations'])
def test_written_world_holds_the_objects_of_the_packaged_one(folder, name):
    written, packaged = (read_world(place / f'{name}.sdf') for place in (folder, PACKAGED))
    assert [thing.name for thing in written.objects] == [thing.name for thing in packaged.objects]
    for one, other in zip(written.objects, packaged.objects, strict=True):
        np.testing.assert_allclose(one.position, other.position, atol=1e-4)
        np.testing.assert_allclose(one.extents, other.extents, atol=1e-4)
