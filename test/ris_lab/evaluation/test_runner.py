# SPDX-License-Identifier: Apache-2.0
"""A run by hand, and that neither a kill nor shards change a byte of what it comes to."""
from node_forks import waiting_fork
import numpy as np
import pytest

from ris_lab.evaluation.answers import PipelineAnswers
from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.given_masks import open_masks
from ris_lab.evaluation.pictures import contact_sheet
from ris_lab.evaluation.prediction import Prediction
from ris_lab.evaluation.results import ResultsFile, read_shards
from ris_lab.evaluation.runner import run
from ris_lab.evaluation.sample import shard_of
from ris_lab.evaluation.summary import as_table, summarise, worst, write_summary
from ris_ros.errors import RisError

RUN = {'dataset': 'refcoco', 'split': 'val', 'protocol': 'default', 'profile': 'test',
       'architecture': 'tiny', 'global_weight': 0.95, 'antialias': False}


class LeftAnswers:
    """Answers with the left of each picture; the second has no proposals."""

    def index(self, sample):
        """Give the sample itself, or None."""
        return None if sample.image_id == '2' else sample

    def answer(self, scene, sentence, sample):
        """Answer by the length of the sentence."""
        mask = np.zeros((10, 20), bool)
        mask[:, :len(sentence) % 20] = True
        return Prediction(mask, 'FOUND')


def read(root, protocol='default'):
    return read_samples('refcoco', root, 'val', protocol, 'umd')


def evaluate(path, samples, answers=None, protocol='default'):
    with ResultsFile(path, {**RUN, 'protocol': protocol}) as results:
        run(samples, answers or LeftAnswers(), results, protocol)
        return list(results.records)


def summary_bytes(folder, samples, records):
    write_summary(folder / 'summary.json', summarise(RUN, samples, records))
    return (folder / 'summary.json').read_bytes()


@pytest.mark.parametrize(('protocol', 'expected', 'skipped'), [
    # Two sentences of 36 of 54 pixels, 40 of 50, 0 of 50 (empty reference), a miss of 20.
    ('default', {'sentences': 5, 'oIoU': 112 / 228, 'mIoU': (2 * 36 / 54 + 40 / 50) / 5,
                 'P@.5': 3 / 5, 'P@.6': 3 / 5, 'P@.7': 1 / 5, 'P@.8': 1 / 5, 'P@.9': 0}, 0),
    # Where the polygons overlap is background: 18 of 54 twice; the miss is not counted.
    ('paper', {'sentences': 4, 'oIoU': 76 / 208, 'mIoU': (2 * 18 / 54 + 40 / 50) / 4,
               'P@.5': 1 / 4, 'P@.6': 1 / 4, 'P@.7': 1 / 4, 'P@.8': 1 / 4, 'P@.9': 0}, 1)])
def test_figures_by_hand(refcoco, pipeline, tmp_path, protocol, expected, skipped):
    samples = read(refcoco, protocol)
    answers = PipelineAnswers(pipeline, open_masks(refcoco / 'masks'))
    records = evaluate(tmp_path / 'results.jsonl', samples, answers, protocol)
    summary = summarise({**RUN, 'protocol': protocol}, samples, records)
    assert {name: summary[name] for name in expected} == pytest.approx(expected)
    assert summary['refs'] == 4
    assert summary['skipped_refs'] == summary['skipped_sentences'] == skipped
    assert summary['unanswered'] == 1 - skipped
    table = as_table(summary)
    assert f'{protocol} protocol' in table
    assert 'global weight 0.95, antialias off' in table
    assert f'{100 * expected["oIoU"]:.2f}' in table


def test_worst_cases_are_drawn(refcoco, pipeline, tmp_path):
    samples = read(refcoco)
    records = evaluate(tmp_path / 'results.jsonl', samples,
                       PipelineAnswers(pipeline, open_masks(refcoco / 'masks')))
    found = worst(records, 3)
    assert [record['key'] for record in found] == ['3/0', '4/0', '1/0']
    sheet = contact_sheet(samples, found)
    assert sheet.shape == (340, 1600, 3)
    green, red = np.all(sheet == (60, 230, 90), -1), np.all(sheet == (255, 60, 60), -1)
    assert not green[:300, :400].any(), 'there is nothing to find'
    assert red[:300, :400].any()
    assert green[:300, 400:800].any()
    assert not red[:300, 400:800].any(), 'there is no answer'


def test_a_file_cut_anywhere_is_completed_to_the_same_bytes(refcoco, tmp_path):
    samples = read(refcoco)
    path = tmp_path / 'results.jsonl'
    records = evaluate(path, samples)
    whole, summary = path.read_bytes(), summary_bytes(tmp_path, samples, records)
    assert len(records) == 5
    ends = [at for at, byte in enumerate(whole) if byte == ord('\n')]
    near_ends = {end + step for end in ends for step in (-1, 0, 1)}
    for length in sorted({*range(0, len(whole), 41), *near_ends}):
        path.write_bytes(whole[:length])
        again = evaluate(path, samples)
        assert path.read_bytes() == whole
        assert summary_bytes(tmp_path, samples, again) == summary


class Stops(LeftAnswers):
    """Stays before an answer as long as the test is there."""

    def __init__(self, test):
        """Tell the test at the other end of a pipe."""
        self._test = test

    def answer(self, scene, sentence, sample):
        """Answer as ever before that."""
        if sentence == 'the box alone':
            self._test.send('ready')
            self._test.recv()
        return super().answer(scene, sentence, sample)


def evaluate_until_killed(path, root, test):
    """Evaluate in a process that is killed."""
    evaluate(path, read(root), Stops(test))


def test_a_killed_process_loses_nothing_and_nothing_counts_twice(refcoco, tmp_path):
    samples = read(refcoco)
    unbroken = evaluate(tmp_path / 'unbroken.jsonl', samples)
    path = tmp_path / 'killed.jsonl'
    with waiting_fork(evaluate_until_killed, path, refcoco), \
            pytest.raises(RisError, match='Another process'):
        evaluate(path, samples)
    left = path.read_bytes()
    assert left.count(b'\n') == 5, 'a line of the run and four of the five sentences'
    records = evaluate(path, samples)
    assert path.read_bytes().startswith(left)
    assert path.read_bytes() == (tmp_path / 'unbroken.jsonl').read_bytes()
    assert summary_bytes(tmp_path, samples, records) == summary_bytes(tmp_path, samples, unbroken)


@pytest.mark.parametrize('count', [1, 2, 3, 7])
def test_shards_merge_exactly(refcoco, tmp_path, count):
    samples = read(refcoco)
    whole = summary_bytes(tmp_path, samples, evaluate(tmp_path / 'whole.jsonl', samples))
    parts = [shard_of(samples, number, count) for number in range(1, count + 1)]
    assert [s.ref_id for part in parts for s in part] == [s.ref_id for s in samples]
    for number, part in enumerate(parts, 1):
        evaluate(tmp_path / f'results_{number}of{count}.jsonl', part)
    found, records = read_shards(tmp_path, RUN)
    assert found == RUN
    assert summary_bytes(tmp_path, samples, records) == whole


def test_incomplete_and_overlapping_shards_are_refused(refcoco, tmp_path):
    samples = read(refcoco)
    with pytest.raises(RisError, match='no results of shards'):
        read_shards(tmp_path, RUN)
    evaluate(tmp_path / 'results_1of2.jsonl', shard_of(samples, 1, 2))
    with pytest.raises(RisError, match='2 of 5 sentences'):
        summarise(RUN, samples, read_shards(tmp_path, RUN)[1])
    evaluate(tmp_path / 'results_1of1.jsonl', samples)
    with pytest.raises(RisError, match='overlap'):
        summarise(RUN, samples, read_shards(tmp_path, RUN)[1])
    with pytest.raises(RisError, match='not in the split'):
        summarise(RUN, samples[:1], read_shards(tmp_path, RUN)[1][:4])
    with pytest.raises(RisError, match='another run'):
        read_shards(tmp_path, {**RUN, 'profile': 'other'})


def test_results_of_another_run_are_not_continued(refcoco, tmp_path):
    path = tmp_path / 'results.jsonl'
    evaluate(path, read(refcoco))
    before = path.read_bytes()
    with pytest.raises(RisError, match=r"protocol 'default' \(now 'paper'\)"):
        evaluate(path, read(refcoco, 'paper'), protocol='paper')
    assert path.read_bytes() == before


@pytest.mark.parametrize('spoil', [
    lambda lines: [lines[0], b'garbage\n', *lines[1:]],
    lambda lines: [*lines, lines[-1]],
    lambda lines: lines[1:]])
def test_spoilt_results_are_refused(refcoco, tmp_path, spoil):
    path = tmp_path / 'results.jsonl'
    evaluate(path, read(refcoco))
    path.write_bytes(b''.join(spoil(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(RisError, match=r'damaged|twice'):
        evaluate(path, read(refcoco))
