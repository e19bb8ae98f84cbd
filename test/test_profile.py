"""Profiles: the packaged ones load, mistakes are named."""
import pytest

from ris_ros.errors import ModelError
from ris_ros.profile import PROFILES, load_profile, profile_names


@pytest.mark.parametrize('name', ['embedded', 'paper', 'robot'])
def test_packaged_profiles_load(name):
    assert load_profile(name).name == name
    assert name in profile_names()


def test_paper_profile_is_the_published_setting():
    encoder = load_profile('paper').encoder
    assert encoder.preprocessing == 'paper'
    assert not encoder.antialias
    assert (encoder.short_side, encoder.masked_blocks) == (800, 3)
    assert (encoder.global_weight, encoder.phrase_weight) == (0.95, 0.5)
    assert encoder.mean == (0.485, 0.456, 0.406)


def test_unknown_profile_names_the_known_ones():
    with pytest.raises(ModelError, match='embedded, paper, robot'):
        load_profile('nonsense')


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('preprocessing: square', 'prepocessing: square', 'prepocessing'),
    ('language: command', 'language: klingon', 'klingon'),
    ('source: embedded', 'source: magic', 'magic'),
    ('preprocessing: square', 'preprocessing: Paper', "'Paper'"),
    ('proposals:\n  source: embedded', 'proposals: embedded', 'cannot be read'),
    ('encoder:', 'coder:', 'encoder'),
    ('masked_blocks: 2', 'masked_blocks: [', 'cannot be read')])
def test_mistakes_in_a_profile_are_named(tmp_path, old, new, message):
    text = (PROFILES / 'embedded.yaml').read_text()
    assert old in text
    path = tmp_path / 'mine.yaml'
    path.write_text(text.replace(old, new))
    with pytest.raises(ModelError, match=message):
        load_profile(str(path))
