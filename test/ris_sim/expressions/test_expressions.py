# SPDX-License-Identifier: Apache-2.0
"""Every expression names one object: checked here anew from the words and the pose."""
import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_sim.expressions.generator import (
    DOUBTFUL_KINDS,
    KINDS,
    generate_expressions,
)
from ris_sim.expressions.visible_objects import (
    SEEN_PIXELS,
    TARGET_SHARE,
    VISIBLE_SHARE,
    visible_objects,
)
from ris_sim.expressions.vocabulary import CATEGORY_WORDS, COLOUR_WORDS, noun_phrase
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

RENDERER = Renderer(320, 240)
MATERIALS = {'metal': 'metal', 'shiny': 'metal', 'metallic': 'metal', 'wooden': 'wood',
             'striped': 'striped'}


@pytest.fixture(scope='module')
def cases():
    found = []
    for seed in range(30, 50):
        rng = np.random.default_rng(seed)
        scene = sample_scene(rng, 'test', (4, 8))
        labels = RENDERER.render(scene).labels
        found.append((scene, labels, generate_expressions(
            scene, labels, rng, 2, KINDS + DOUBTFUL_KINDS)))
    return found


def fits(phrase, thing):
    """Say whether a noun phrase is true of an object, by reading its words."""
    words = f' {phrase} '
    colours = [c for c in ('red', 'orange', 'yellow', 'green', 'blue', 'pink', 'brown', 'white',
                           'black') if f' {c} ' in words.replace(' light blue ', ' ')]
    colours += [name for name, forms in COLOUR_WORDS.items()
                if any(f' {form} ' in words for form in forms)]
    materials = [MATERIALS[w] for w in phrase.split() if w in MATERIALS]
    noun = words.replace(' light blue ', ' ').split()
    rest = ' '.join(w for w in noun if w not in MATERIALS and w not in colours
                    and not any(w in forms for forms in COLOUR_WORDS.values()))
    general = rest in ('object', 'thing', 'one', 'item')
    named = rest in CATEGORY_WORDS.get(thing.category, (thing.category,))
    return ((general or named) and all(thing.colour == c for c in colours)
            and all(thing.material == m for m in materials))


def shown(labels, least=30):
    """Return the indices of the visible objects."""
    return [i for i in range(labels.max()) if (labels == i + 1).sum() >= least]


def of_kind(cases, kind):
    """Return (scene, labels, expression) of one kind."""
    return [(s, m, e) for s, m, found in cases for e in found if e.kind == kind]


@pytest.mark.parametrize('kind', KINDS + DOUBTFUL_KINDS)
def test_every_kind_is_generated_and_has_its_words(cases, kind):
    found = of_kind(cases, kind)
    assert len(found) >= (5 if kind == 'nested' else 8)
    wordless = [e.text for _, _, e in found
                if e.phrase.split()[0] not in ' '.join((*e.before, e.text))]
    assert wordless == []


def test_targets_are_among_the_matching_and_large_enough(cases):
    for kind in KINDS:
        for scene, labels, e in of_kind(cases, kind):
            targets = e.targets or (e.target_index,)
            several = kind == 'plural' or (kind, e.detail) == ('dialogue', 'all')
            assert (len(targets) > 1) == several
            for target in targets:
                assert target in e.matching_indices
                assert (labels == target + 1).mean() >= TARGET_SHARE
            assert any(fits(e.phrase, scene.objects[target]) for target in targets)


def test_attributes_fit_one_visible_object(cases):
    for scene, labels, e in of_kind(cases, 'attribute'):
        assert [i for i in shown(labels) if fits(e.phrase, scene.objects[i])] == [e.target_index]


def test_absent_things_fit_nothing(cases):
    details = set()
    for scene, labels, e in of_kind(cases, 'absent'):
        assert e.target_index is None
        details.add(e.detail.split()[0])
        there = [i for i in shown(labels) if fits(e.phrase, scene.objects[i])]
        assert bool(there) == e.detail.startswith('relation')
        if e.detail == 'relation left_of':
            anchor = np.argwhere(labels == anchor_of(e, scene, labels) + 1).mean(axis=0)
            assert all(np.argwhere(labels == i + 1).mean(axis=0)[1] > anchor[1] for i in there)
    assert details == {'colour', 'noun', 'relation'}


def meant(e, scene, labels):
    """Return the indices of visible objects that the phrase may mean, loosely too (a block)."""
    strict = {i for i in shown(labels) if fits(e.phrase, scene.objects[i])}
    assert strict <= set(e.matching_indices)
    return e.matching_indices


def test_sizes_are_extreme(cases):
    for scene, labels, e in of_kind(cases, 'size'):
        volumes = {i: np.prod(scene.objects[i].extents) for i in meant(e, scene, labels)}
        assert len(volumes) > 1
        best = min if e.detail == 'small' else max
        assert best(volumes, key=volumes.get) == e.target_index


def test_positions_are_extreme_in_the_picture(cases):
    for scene, labels, e in of_kind(cases, 'position'):
        pixels = {i: np.argwhere(labels == i + 1).mean(axis=0) for i in meant(e, scene, labels)}
        axis, sign = {'left': (1, -1), 'right': (1, 1), 'near': (0, 1), 'far': (0, -1)}[e.detail]
        assert max(pixels, key=lambda i: sign * pixels[i][axis]) == e.target_index


def test_ordinals_count_what_the_phrase_fits(cases):
    numbers = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']
    for scene, labels, e in of_kind(cases, 'ordinal'):
        pixels = {i: np.argwhere(labels == i + 1).mean(axis=0) for i in meant(e, scene, labels)}
        axis, sign = {'left': (1, 1), 'right': (1, -1), 'near': (0, -1), 'far': (0, 1)}[e.detail]
        order = sorted(pixels, key=lambda i: sign * pixels[i][axis])
        number = next(k for k, word in enumerate(numbers) if f'{word} ' in e.text)
        assert order[number] == e.target_index


def test_a_plural_means_all_that_fit(cases):
    for scene, labels, e in of_kind(cases, 'plural'):
        if not e.detail:
            assert set(e.targets) == set(meant(e, scene, labels))
            assert ('both' not in e.text) or len(e.targets) == 2


def test_ambiguous_expressions_fit_several_objects(cases):
    for scene, labels, e in of_kind(cases, 'ambiguous'):
        assert e.target_index is None
        assert len(e.targets) > 1
        assert e.text.endswith(e.phrase)
        assert set(e.targets) == set(meant(e, scene, labels))


def test_negated_attribute_is_true_of_all_others(cases):
    for scene, labels, e in of_kind(cases, 'negation'):
        if e.detail == 'colour':
            word = e.text.rsplit(' not ' if ' not ' in e.text else "n't ", 1)[1]
            red = [i for i in meant(e, scene, labels) if fits(f'{word} thing', scene.objects[i])]
            assert {*red, e.target_index} == set(e.matching_indices)
            assert e.target_index not in red


def test_dialogue_needs_its_earlier_commands(cases):
    details = set()
    for scene, labels, e in of_kind(cases, 'dialogue'):
        details.add(e.detail)
        assert e.before[0].endswith(e.phrase)
        assert not any(word in e.text.split() for word in e.phrase.split())
        rest = {*meant(e, scene, labels)} - {e.target_index}
        if e.detail == 'colour':
            word = next(word for word in e.text.split() if word not in (
                'the', 'no,', 'I', 'mean', 'one'))
            assert [i for i in (e.target_index, *rest) if fits(
                f'{word} thing', scene.objects[i])] == [e.target_index]
        if e.detail in ('place', 'other') and any(f' {side}' in f' {line}' for side in (
                'left', 'right') for line in (*e.before, e.text)):
            left = any('left' in line for line in (*e.before, e.text))
            first = e.target_index if e.detail == 'place' else min(rest)
            columns = {i: np.argwhere(labels == i + 1)[:, 1].mean()
                       for i in (e.target_index, *rest)}
            assert (min if left else max)(columns, key=columns.get) == first
        assert e.detail != 'other' or (len(rest) == 1 and len(e.before) == 2)
    assert details == {'colour', 'place', 'other', 'it', 'all'}


def anchor_of(e, scene, labels):
    """Return the only visible object that the expression's last noun phrase fits."""
    anchors = [i for i in shown(labels)
               if fits(e.text.rsplit(' the ', 1)[1], scene.objects[i])]
    assert len(anchors) == 1
    return anchors[0]


def test_side_relations_hold_for_the_target_alone(cases):
    for scene, labels, e in of_kind(cases, 'relation'):
        if e.detail in ('on', 'in'):
            continue
        anchor = np.argwhere(labels == anchor_of(e, scene, labels) + 1).mean(axis=0)

        def holds(i, anchor=anchor, e=e, labels=labels):
            down, right = np.argwhere(labels == i + 1).mean(axis=0) - anchor
            return {'left_of': -right, 'right_of': right, 'in_front_of': down, 'behind': -down,
                    'near': -np.hypot(down, right)}[e.detail]
        candidates = meant(e, scene, labels)
        assert max(candidates, key=holds) == e.target_index
        if e.detail != 'near':
            assert [i for i in candidates if holds(i) > 0] == [e.target_index]


def test_only_the_target_is_on_or_in_the_anchor(cases):
    found, twins = [], 0
    for scene, labels, e in of_kind(cases, 'relation'):
        if e.detail not in ('on', 'in'):
            continue
        found.append(e.detail)
        anchor = scene.objects[anchor_of(e, scene, labels)]
        candidates = meant(e, scene, labels)
        held = [i for i in candidates if scene.objects[i].support == anchor.name]
        assert held == [e.target_index]
        assert scene.objects[held[0]].contained == (e.detail == 'in')
        assert f' {e.detail} ' in e.text or f' {e.detail}side ' in e.text
        twins += len(candidates) > 1
    assert {'on', 'in'} == set(found)
    # Some have others like them elsewhere, so that the relation is needed.
    assert twins >= 3


def test_hidden_objects_are_not_named(make_object, make_scene):
    scene = make_scene(make_object('can', 'red', scale=1.5),
                       make_object('cube', 'blue', x=.04, y=.08),
                       make_object('cube', 'green', x=.2))
    labels = RENDERER.render(scene).labels
    sights = {s.thing.colour: s for s in visible_objects(scene, labels)}
    assert sights['red'].share > .99
    assert sights['green'].share > .99
    assert SEEN_PIXELS < sights['blue'].pixels
    assert sights['blue'].share < VISIBLE_SHARE
    named = {e.target_index for seed in range(5) for e in generate_expressions(
        scene, labels, np.random.default_rng(seed), 4)}
    assert named == {0, 2}


def test_same_seed_gives_the_same_expressions():
    scene = sample_scene(np.random.default_rng(3), 'test')
    labels = RENDERER.render(scene).labels
    one, other = (generate_expressions(scene, labels, np.random.default_rng(1)) for _ in range(2))
    assert one == other
    assert one


def test_a_view_without_objects_has_no_expressions(make_scene):
    labels = np.zeros((240, 320), np.uint8)
    assert generate_expressions(make_scene(), labels, np.random.default_rng(0)) == ()


def test_block_is_not_used_when_it_could_mean_a_brick(make_object, make_scene):
    scene = make_scene(make_object('cube', 'red', -.1), make_object('brick', 'red', .1))
    labels = RENDERER.render(scene).labels
    for seed in range(20):
        for e in generate_expressions(scene, labels, np.random.default_rng(seed), 3):
            assert e.kind != 'attribute' or 'block' not in e.text


def test_noun_phrase_states_what_it_says(make_object):
    text, keys = noun_phrase(make_object('mug', 'gray'), np.random.default_rng(0))
    assert keys == {'colour': 'gray', 'category': 'mug'}
    assert text.split()[0] in ('gray', 'grey')
    _, keys = noun_phrase(make_object('hammer', 'red', material='metal'),
                          np.random.default_rng(0), 'material+category')
    assert 'material' not in keys
    with pytest.raises(RisError, match='no words'):
        noun_phrase(make_object('mug'), np.random.default_rng(0), 'size')
