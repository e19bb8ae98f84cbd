# SPDX-License-Identifier: Apache-2.0
"""The demo's camera as a child process: what the demo says while and where it does not come."""
from pathlib import Path

import pytest

from ris_lab.demo import session as demo_session
from ris_lab.demo.session import DemoSession
from ris_ros.errors import RisError

WORLDS = Path(__file__).resolve().parents[3] / 'worlds'


@pytest.fixture
def session(domain, monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    session = DemoSession()
    yield session
    session.close()


def test_the_camera_logs_its_start_and_each_world_in_one_line(session, tmp_path):
    first, second = (str(WORLDS / f'{name}.sdf') for name in ('tabletop_1', 'tabletop_2'))
    with session.camera(Path(first), tmp_path):
        session.show_world(second)
    lines = (tmp_path / 'camera.log').read_text().splitlines()
    assert [line.partition('[ris_camera]: ')[2] for line in lines] == [
        'Started; the first picture is rendered now.',
        f'Ready: {first} is shown, 10 times a second.', f'{second} is shown now.']


def test_a_camera_that_has_ended_is_told_with_its_status(session, tmp_path):
    with pytest.raises(RisError, match=r'node\.camera has ended with exit status 2 \(see '), \
            session.camera(tmp_path / 'none.sdf', tmp_path):
        pass


def test_a_camera_that_is_late_is_waited_for_with_a_word_and_told_to_run(
        session, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo_session, '_USUAL_SECONDS', 0.0)
    monkeypatch.setattr(demo_session, 'CAMERA_SECONDS', 0.0)
    with pytest.raises(RisError, match=r'first picture .*node\.camera still runs.*run the demo'), \
            session.camera(WORLDS / 'tabletop_1.sdf', tmp_path):
        pass
    assert capsys.readouterr().out.count('Waiting for the first picture') == 1
