# SPDX-License-Identifier: Apache-2.0
"""Profiles: the packaged ones load, mistakes are named."""
import pytest

from ris_ros.encoder import EncoderSettings
from ris_ros.errors import ModelError
from ris_ros.models.registry import MODELS, find_clip
from ris_ros.profile import PROFILES, load_profile, profile_names, with_clip


@pytest.mark.parametrize('name', ['embedded', 'home', 'hybridgl', 'open', 'paper', 'robot',
                                  'robot_edgetam', 'tabletop', 'tabletop_b32'])
def test_packaged_profiles_load(name):
    assert load_profile(name).name == name
    assert name in profile_names()


def test_paper_profile_is_the_published_setting():
    profile = load_profile('paper')
    assert profile.encoder == EncoderSettings()
    assert (profile.language, profile.architecture) == ('paper', 'ViT-B-32-quickgelu')


def test_hybridgl_profile_has_the_published_numbers():
    profile = load_profile('hybridgl')
    sam = profile.proposals
    assert (sam['points_per_side'], sam['pred_iou_thresh'], sam['stability_score_thresh'],
            sam['min_mask_region_area']) == (8, 0.7, 0.7, 800)
    assert (profile.encoder.heat_map_weight, profile.encoder.background) == (0.6, 'blur')
    assert profile.architecture == 'ViT-B-16-quickgelu'
    assert {profile.weights, sam['weights']} <= {model.place for model in MODELS}


def test_another_clip_takes_the_place_of_the_profiles_own():
    paper = load_profile('paper')
    assert with_clip(paper, '', '') == paper
    resnet = with_clip(paper, 'RN50-quickgelu', '')
    assert (resnet.architecture, resnet.weights) == ('RN50-quickgelu',
                                                     'clip_rn50_openai.safetensors')
    assert with_clip(paper, '', 'mine.safetensors').architecture == paper.architecture
    assert with_clip(paper, 'RN101', 'mine.safetensors').weights == 'mine.safetensors'
    with pytest.raises(ModelError, match='RN101'):
        with_clip(paper, 'RN101', '')


def test_unknown_profile_names_the_known_ones():
    with pytest.raises(ModelError, match='embedded, home, hybridgl, open, paper, robot, robot_'):
        load_profile('nonsense')


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('preprocessing: square', 'prepocessing: square', 'prepocessing'),
    ('token_masks: peak', 'token_masks: hard', "'hard'"),
    ('token_masks: peak', 'templates: [a photo]', 'a photo'),
    ('preprocessing: square', 'background: blur', 'blurred background'),
    ('preprocessing: square', 'background: dim', 'dim background'),
    ('token_masks: peak', 'heat_map_weight: 1.5', 'heat_map_weight'),
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


def test_variants_of_robot_differ_in_their_proposals_alone():
    robot = load_profile('robot')
    for name in ('robot_edgetam', 'open'):
        other = load_profile(name)
        assert (other.encoder, other.weights, other.decision) == (
            robot.encoder, robot.weights, robot.decision)
    edgetam = load_profile('robot_edgetam').proposals
    shared = robot.proposals.keys() & edgetam.keys() - {'source', 'weights'}
    assert all(edgetam[key] == robot.proposals[key] for key in shared)
    assert len(shared) == 4


def test_no_default_needs_what_is_not_free_for_commerce():
    needs = [load_profile(name).proposals.get('weights') for name in profile_names()
             if name != 'open']
    licences = [model.licence for model in MODELS if model.place in needs]
    assert len(licences) == 3
    assert {*licences} == {'Apache-2.0'}


def test_tabletop_needs_no_weights_but_clips():
    tabletop, robot = load_profile('tabletop'), load_profile('robot')
    assert tabletop.proposals == load_profile('embedded').proposals
    assert (tabletop.encoder, tabletop.weights) == (robot.encoder, robot.weights)


def test_tabletop_for_cpus_without_bf16_differs_in_its_clip_alone():
    tabletop, b32 = load_profile('tabletop'), load_profile('tabletop_b32')
    assert (b32.architecture, b32.weights) == ('ViT-B-32-quickgelu',
                                               find_clip('ViT-B-32-quickgelu').place)
    assert (b32.proposals, b32.encoder, b32.decision, b32.precision) == (
        tabletop.proposals, tabletop.encoder, tabletop.decision, 'auto')
