"""A profile's probabilities fitted on labelled pictures, and what is too little for it."""
import json
import re

import cv2
import numpy as np
import pytest

from ris_lab.training.calibrate import store
from ris_ros.cli.main import main
from ris_ros.grounding.confidence import Calibration
from ris_ros.profile import PROFILES, load_profile

COLOURS = {'red': (30, 30, 220), 'green': (40, 170, 40), 'blue': (210, 60, 30),
           'yellow': (30, 210, 230), 'black': (20, 20, 20), 'pink': (190, 130, 250)}


def draw(folder, pictures, absent=2):
    """Write pictures of three balls each, all named, with some colours that are not there."""
    rng = np.random.default_rng(0)
    entries = []
    for number in range(pictures):
        image = np.full((120, 160, 3), 200, np.uint8)
        image = (image + rng.normal(0, 4, image.shape)).clip(0, 255).astype(np.uint8)
        names = list(rng.permutation(list(COLOURS)))
        expressions = []
        for place, name in enumerate(names[:3]):
            x, y = 30 + 50 * place, int(rng.integers(40, 80))
            cv2.circle(image, (x, y), 14, COLOURS[name], -1)
            expressions.append({'text': f'the {name} ball', 'visible_point': [x, y],
                                'box': [x - 14, y - 14, x + 15, y + 15]})
        expressions += [{'text': f'the {name} ball', 'box': None}
                        for name in names[3:3 + absent]]
        cv2.imwrite(str(folder / f'{number}.png'), image)
        entries.append({'id': str(number), 'color_path': f'{number}.png',
                        'expressions': expressions})
    (folder / 'pictures.json').write_text(json.dumps(entries))


def test_pictures_give_a_profile_of_ones_own(tmp_path, capsys):
    draw(tmp_path, 12)
    out, plot = tmp_path / 'mine.yaml', tmp_path / 'mine.png'
    assert not main(['calibrate', '--pictures', str(tmp_path), '--out', str(out),
                     '--plot', str(plot)])
    told = json.loads(capsys.readouterr().out)
    assert told['cases'] == 12 * 5
    calibration = load_profile(str(out)).decision.calibration
    assert calibration.fitted_on == 'pictures'
    assert calibration.midpoint == pytest.approx(told['calibration']['midpoint'], abs=1e-4)
    assert calibration.slope > 0
    assert plot.stat().st_size > 1000
    assert load_profile(str(out)).decision.part_penalty == \
        load_profile('embedded').decision.part_penalty, 'all else stays'


@pytest.mark.parametrize(('pictures', 'absent', 'message'), [
    (3, 2, '9 usable expressions with a target and 6 without'),
    (12, 0, '36 usable expressions with a target and 0 without')])
def test_too_few_expressions_are_refused(tmp_path, capsys, pictures, absent, message):
    draw(tmp_path, pictures, absent)
    assert main(['calibrate', '--pictures', str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize('profile', ['embedded', 'robot', 'paper'])
def test_fit_is_stored_in_a_copy_of_any_profile(tmp_path, profile):
    path = tmp_path / 'mine.yaml'
    store(PROFILES / f'{profile}.yaml', path, Calibration(midpoint=21.5, slope=0.7))
    found, before = load_profile(str(path)), load_profile(profile)
    assert found.decision.calibration == Calibration(midpoint=21.5, slope=0.7)
    assert found.encoder == before.encoder
    assert found.decision.forced == before.decision.forced


def test_fit_is_stored_in_a_profile_without_a_decision(tmp_path):
    text = (PROFILES / 'embedded.yaml').read_text()
    (tmp_path / 'bare.yaml').write_text(text[:text.index('decision:')])
    store(tmp_path / 'bare.yaml', tmp_path / 'mine.yaml', Calibration(midpoint=21.5))
    assert load_profile(str(tmp_path / 'mine.yaml')).decision.calibration.midpoint == 21.5


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--scenes', 'S', '--limit', '1'], 'at least 2'),
    (['--pictures', 'P', '--out', 'mine.txt'], r'ends in \.yaml'),
    (['--pictures', 'none'], 'no folder')])
def test_arguments_that_cannot_be_used_are_named(arguments, message, capsys):
    assert main(['calibrate', *arguments]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_scenes_and_pictures_exclude_each_other(capsys):
    with pytest.raises(SystemExit):
        main(['calibrate', '--scenes', 'S', '--pictures', 'P'])
