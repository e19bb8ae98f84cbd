# SPDX-License-Identifier: Apache-2.0
"""ris_camera where the simulator's requirements are missing."""
import sys

from ris_sim.cli.camera import main


def test_missing_package_is_a_sentence(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith('ris_sim.')]:
        if name != 'ris_sim.cli.camera':
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, 'trimesh', None)
    assert main() == 2
    told = capsys.readouterr().err
    assert 'trimesh' in told
    assert 'requirements/sim.txt' in told
