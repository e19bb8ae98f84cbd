# SPDX-License-Identifier: Apache-2.0
"""The benchmark's own arithmetic: fair times, verdicts that can fail, a table, JSON, a picture."""
from dataclasses import replace
import json
import math

import pytest
from tiny_sam import make_tiny_sam
import torch

from ris_lab.benchmark.command_lines import HOME_INDEX
from ris_lab.benchmark.curves import Curve
from ris_lab.benchmark.line import Agreement, Line, LineResult, total
from ris_lab.benchmark.message_lines import message_lines
from ris_lab.benchmark.plot import draw_curves
from ris_lab.benchmark.report import as_json, as_table
from ris_lab.benchmark.run import run, sums, thread_ratios
from ris_lab.benchmark.sam_lines import DECODER, decoder_line
from ris_lab.benchmark.timing import measure
from ris_ros.proposals.sam import in_precision


def figure(plain_s=1.0, ours_s=0.1, at_least=0.0, most_ms=math.inf, agreement=None, name='x'):
    return LineResult(name, 1, plain_s, ours_s, at_least, most_ms, agreement, 'a note')


@pytest.mark.parametrize(('wanted', 'verdict'), [
    ({}, ''), ({'at_least': 10}, 'pass'), ({'at_least': 10.5}, 'short'), ({'most_ms': 100}, 'pass'),
    ({'most_ms': 99}, 'short'), ({'at_least': 10, 'most_ms': 99}, 'short'),
    ({'agreement': Agreement('largest difference', 1e-6, 1e-5)}, 'pass'),
    ({'agreement': Agreement('largest difference', 1e-4, 1e-5), 'at_least': 2}, 'short'),
    ({'agreement': Agreement('largest difference', math.nan, 1e-5)}, 'short'),
    ({'agreement': Agreement('cosine', 0.9999, 0.999)}, 'pass'),
    ({'agreement': Agreement('cosine', 0.99, 0.999)}, 'short')])
def test_verdicts(wanted, verdict):
    assert figure(**wanted).verdict == verdict


def test_ways_are_interleaved_after_one_run_each():
    order = []
    found = measure({'a': lambda: order.append('a') or len(order),
                     'b': lambda: order.append('b') or len(order)}, 2, math.inf)
    assert ''.join(order) == 'ababab'
    assert all(0 <= way.seconds < 0.1 for way in found.values())
    assert (found['a'].result, found['b'].result) == (5, 6)


def test_no_further_round_begins_when_the_time_is_over():
    order = []
    found = measure({'a': lambda: order.append(sum(range(300_000)))}, 1000, 1e-3)
    assert len(order) == 1
    assert found['a'].seconds > 0


def test_work_is_told_from_idleness():
    found = measure({'work': lambda: sum(range(300_000)), 'none': lambda: None}, 3, math.inf)
    assert found['work'].seconds > 20 * found['none'].seconds


def test_parts_add_up():
    whole = total('whole', [(figure(2, 0.5), 3), (figure(4, 1), 1)], at_least=2)
    assert (whole.plain_s, whole.ours_s, whole.ratio, whole.verdict) == (10, 2.5, 4, 'pass')


def test_whole_indexes_are_sums_of_their_parts():
    names = (DECODER, 'mask upsampling, per 48 masks', 'crops, token masks, boxes, 50 masks',
             'text, 2 prompts', 'global features, 50 masks, ViT-B/32',
             'local features, 50 crops, ViT-B/32', 'SAM encoder, block with global attention',
             'SAM encoder, block with windows', 'a new command on an indexed frame')
    parts = [figure(plain_s=1, ours_s=0.1, name=name) for name in names]
    index, full, rerun = sums(parts)
    assert index.plain_s == 64 + 4 + 4
    assert full.ours_s == pytest.approx(.1 * (4 + 8 + 1024 + 64 + 4))
    assert (rerun.plain_s, rerun.ours_s) == (full.plain_s, .1)
    others = [figure(plain_s=1, ours_s=0.01, name=name) for name in (
        f'{DECODER}, bf16', 'global features, bf16', 'local features, bf16')]
    assert sums(parts + others)[0] == index
    in_bf16 = sums(parts + others)[1]
    assert in_bf16.name.endswith('bf16')
    assert in_bf16.ours_s == pytest.approx(.01 * (64 + 2) + .1 * (4 + 2))


@pytest.mark.parametrize(('seconds', 'verdict'), [(0.19, 'pass'), (0.21, 'short')])
def test_several_threads_must_not_cost_twice_the_time_of_one(seconds, verdict):
    one = figure(ours_s=0.1, most_ms=50, name=HOME_INDEX)
    two = replace(one, threads=2, ours_s=seconds)
    ratio, = thread_ratios([one, figure(name='another'), two])
    assert (ratio.threads, ratio.plain_s, ratio.ours_s) == (2, 0.1, seconds)
    assert ratio.verdict == verdict
    assert thread_ratios([one]) == []


def test_the_decoder_in_bf16_is_near_to_fp32():
    torch.manual_seed(0)
    line = decoder_line(make_tiny_sam(), in_precision(make_tiny_sam(), 'bf16'), 'bf16', 3)
    agreement = line.agree(line.ours(), line.plain())
    assert agreement.what == 'cosine'
    assert .99 < agreement.found < 1 - 1e-7


def test_a_share_stands_for_the_whole(monkeypatch):
    monkeypatch.setattr('ris_lab.benchmark.run.sums', lambda figures: [])
    lines = [Line('half', lambda: sum(range(200_000)), lambda: sum(range(200_000)),
                  plain_share=0.25, ours_share=0.5)]
    told = []
    figures = run(lines, (1, 2), told.append)
    assert [f.threads for f in told] == [1, 2]
    assert figures[0].ratio == pytest.approx(2, rel=0.5)


def test_messages_are_equal_and_cheaper():
    line, = message_lines()
    agreement = line.agree(line.ours(), line.plain())
    assert agreement.holds
    assert agreement.found == 0
    found = measure({'ours': line.ours, 'plain': line.plain}, 3, math.inf)
    assert found['plain'].seconds > found['ours'].seconds


def test_table_and_json():
    figures = [figure(at_least=5, agreement=Agreement('cosine', 0.9999, 0.999)),
               figure(plain_s=math.nan, most_ms=50, name='y')]
    table = as_table(figures)
    assert '| x | 1 | 1,000 ms | 100 ms | 10× | ≥ 5× | cosine 1 | pass |' in table
    assert '| y | 1 |  | 100 ms |  | ≤ 50 ms |  | short |' in table
    curve = Curve('title', 'masks', (1, 10), (0.1, 0.2), (0.1, 1.0))
    result = json.loads(json.dumps(as_json(figures, [curve], ['no bf16']), allow_nan=False))
    assert result['left_out'] == ['no bf16']
    assert result['lines'][1] == {
        'name': 'y', 'threads': 1, 'plain_ms': None, 'ours_ms': 100.0, 'ratio': None,
        'at_least': None, 'most_ms': 50, 'agreement': None, 'verdict': 'short', 'note': 'a note'}
    assert result['curves'][0]['numbers'] == [1, 10]


def test_curves_are_drawn_in_both_colours():
    curves = [Curve('with', 'masks', (1, 10, 100), (0.01, 0.02, 0.05), (0.01, 0.1, 1.0)),
              Curve('without', 'megapixels', (0.1, 2), (0.1, 0.3))]
    picture = draw_curves(curves)
    assert picture.shape == (400, 1040, 3)
    left, right = picture[:, :520].reshape(-1, 3), picture[:, 520:].reshape(-1, 3)
    for half, plain in ((left, True), (right, False)):
        assert (half == (20, 110, 190)).all(1).sum() > 300
        assert (half == (215, 120, 20)).all(1).any() == plain
