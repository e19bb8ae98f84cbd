# SPDX-License-Identifier: Apache-2.0
"""The arguments of ris renderers, and scenes from export to a data set."""
import json

import pytest

from ris_lab.training.other_renderers.collect import RENDERERS
from ris_ros.cli.main import main, make_parser


def test_no_scenes_cannot_be_exported(tmp_path, capsys):
    assert main(['renderers', 'export', '--out', str(tmp_path / 'E'), '--scenes', '0']) == 2
    assert '--scenes is 0; expected 1 or more.' in capsys.readouterr().err
    assert not (tmp_path / 'E').exists()


@pytest.mark.parametrize('renderer', RENDERERS)
def test_every_renderer_can_be_collected(renderer):
    words = ['renderers', 'collect', '--scenes', 'E', '--renderer', renderer, '--out', 'O']
    assert make_parser().parse_args(words).renderer == renderer


def test_an_exported_scene_is_collected_and_kept(tmp_path):
    exported, data, kept = (str(tmp_path / name) for name in ('exported', 'data', 'kept'))
    assert main(['renderers', 'export', '--out', exported, '--scenes', '1']) == 0
    assert main(['renderers', 'collect', '--scenes', exported, '--renderer', 'builtin',
                 '--out', data]) == 0
    settings = json.loads((tmp_path / 'data' / 'simulation.json').read_text())
    assert settings['renderer'] == 'builtin'
    assert settings['expressions'] > 0
    assert main(['renderers', 'keep', '--data', data, '--numbers', '0', '--out', kept]) == 0
    assert (tmp_path / 'kept' / 'scene_0000' / 'expressions.jsonl').read_text()
