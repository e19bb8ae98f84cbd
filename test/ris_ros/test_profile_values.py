# SPDX-License-Identifier: Apache-2.0
"""A profile of every value is read and works, or is refused with a sentence that names the file."""
from dataclasses import fields

from damage import FEW, VALUES, replaced
from hypothesis import assume, example, given
from hypothesis import strategies as st
import numpy as np
import pytest
import yaml

from ris_ros import Frame, Pipeline
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.errors import ModelError
from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.profile import PROFILES, load_profile, profile_names

EMBEDDED = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
NUMBERS = st.floats() | st.integers(-3, 40) | st.sampled_from([0, 1e300, 5e-324, '1', None, True])
SECTIONS = {'encoder': [item.name for item in fields(EncoderSettings)],
            'decision': [item.name for item in fields(DecisionSettings)]}
CALIBRATION = [item.name for item in fields(Calibration)]
IMAGE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
MASKS = np.zeros((2, 48, 64), bool)
MASKS[0, 8:30, 5:25] = MASKS[1, 20:44, 36:60] = True


@st.composite
def profiles(draw):
    """Draw the embedded profile with one or two other values, as YAML."""
    data = {**EMBEDDED}
    for _ in range(draw(st.integers(1, 2))):
        match draw(st.sampled_from(['top', 'section', 'section', 'calibration'])):
            case 'top':
                data = replaced(draw, data, draw(st.sampled_from(sorted(EMBEDDED))))
            case 'section':
                section = draw(st.sampled_from(sorted(SECTIONS)))
                key = draw(st.sampled_from(SECTIONS[section]))
                if isinstance(data.get(section), dict):
                    data[section] = replaced(draw, data[section], key, NUMBERS | VALUES)
            case 'calibration':
                key = draw(st.sampled_from(CALIBRATION))
                if isinstance(data.get('decision'), dict):
                    old = data['decision'].get('calibration')
                    old = old if isinstance(old, dict) else {}
                    data['decision'] = {**data['decision'], 'calibration': replaced(
                        draw, old, key, NUMBERS | VALUES)}
    return yaml.safe_dump(data, allow_unicode=True)


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.mark.slow
@FEW
@given(profiles())
def test_profile_of_every_value_answers_or_is_refused(tmp_path_factory, pipeline, text):
    path = tmp_path_factory.getbasetemp() / 'mine.yaml'
    path.write_text(text)
    try:
        profile = load_profile(str(path))
        encoder = Encoder(pipeline.encoder.backbone, profile.encoder)
    except ModelError:
        return
    mine = Pipeline(profile, pipeline.language, pipeline.proposer, encoder, encoder)
    scene = mine.index(Frame(IMAGE), MASKS)
    assert np.isfinite(scene.features).all()
    for command in ('the red mug', 'all mugs', 'the mug left of the bowl'):
        answer = mine.ground(scene, command)
        assert answer.message
        assert 0 <= answer.confidence <= 1


@pytest.mark.parametrize(('old', 'new', 'sentence'), [
    ('global_weight: 0.2', 'global_weight: 1.5', 'global_weight is 1.5; expected 0 to 1'),
    ('masked_blocks: 2', 'masked_blocks: two', "masked_blocks is 'two'; expected int"),
    ('temperature: 1.0153', 'temperature: 0', 'temperature is 0; expected 0.001 to 1000'),
    ('unit_features: true', 'unit_features: 1', 'unit_features is 1; expected bool'),
    ('midpoint: 33.1118', 'midpoint: .nan', 'midpoint is nan; expected float | None')])
def test_the_sentence_names_file_setting_and_what_it_may_be(tmp_path, old, new, sentence):
    path = tmp_path / 'mine.yaml'
    path.write_text((PROFILES / 'embedded.yaml').read_text().replace(old, new))
    with pytest.raises(ModelError) as raised:
        load_profile(str(path))
    assert f'{path}: {sentence}.' == str(raised.value)


def test_more_masked_blocks_than_the_model_has_are_refused(pipeline):
    with pytest.raises(ModelError, match='masked_blocks is 99, but the model has'):
        Encoder(pipeline.encoder.backbone, EncoderSettings(masked_blocks=99))


@FEW
@given(st.text(max_size=10) | st.sampled_from(['x' * 5000, '/', '..', '\0', 'a\0.yaml', '/dev']))
@example('x' * 5000 + '.yaml')
def test_name_of_every_kind_is_refused_where_there_is_no_such_profile(name):
    assume(name not in profile_names())
    with pytest.raises(ModelError, match='There is no profile'):
        load_profile(name)
