# SPDX-License-Identifier: Apache-2.0
"""``ris evaluate`` from its arguments to its files, killed and resumed, whole and in shards."""
import argparse
import json
from pathlib import Path
import sys

import numpy as np
import pytest

from ris_lab.cli.evaluate import add_parser
from ris_lab.evaluation.answers import PipelineAnswers
from ris_ros.cli.main import main
from ris_ros.errors import RisError
from ris_ros.image_files import read_image, write_image

# A child process imports this file, too.
sys.path.append(str(Path(__file__).resolve().parents[2]))
from full_disk import full_disk
from node_forks import waiting_fork

SENTENCES = ('the left thing', 'the thing', 'the red box', 'the box on the right')


def evaluate(*words):
    """Run the subcommand with its own parser."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(['evaluate', *map(str, words)])
    return args.func(args)


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """Write a PhraseCut of two pictures; one mask for each makes the answer known."""
    folder = tmp_path_factory.mktemp('phrasecut')
    tasks = [{'task_id': f'{n // 2}__{n}', 'image_id': n // 2, 'phrase': phrase,
              'phrase_structure': {'type': 'name' if n % 2 else 'attribute'},
              'Polygons': [[[[0, 0], [4, 0], [4, 4 + n], [0, 4 + n]]]]}  # 5 x (5 + n) pixels
             for n, phrase in enumerate(SENTENCES)]
    (folder / 'refer_val.json').write_text(json.dumps(tasks))
    (folder / 'image_data_split.json').write_text(json.dumps(
        [{'image_id': n, 'width': 20, 'height': 10} for n in (0, 1)]))
    for n in (0, 1):
        write_image(folder / 'images' / f'{n}.jpg', np.full((10, 20, 3), 90, np.uint8))
        masks = np.zeros((1, 10, 20), np.uint8)
        masks[:, :5, :5] = 1
        np.savez(folder / f'{n}.npz', masks=masks)
    return folder


@pytest.fixture(scope='module')
def words(root):
    # The published protocol always answers, whatever score the embedded profile asks for.
    return ['--dataset', 'phrasecut', '--root', root, '--split', 'val', '--protocol', 'paper',
            '--masks', root]


@pytest.fixture(scope='module')
def whole(words, tmp_path_factory):
    """Return the folder of an unbroken run."""
    out = tmp_path_factory.mktemp('whole')
    assert evaluate(*words, '--out', out) == 0
    return out


def test_figures_by_hand(whole):
    summary = json.loads((whole / 'summary.json').read_text())
    assert summary['protocol'] == 'paper'
    assert summary['sentences'] == 4
    assert summary['oIoU'] == pytest.approx(100 / (25 + 30 + 35 + 40))
    assert summary['mIoU'] == pytest.approx((1 + 25 / 30 + 25 / 35 + 25 / 40) / 4)
    assert [summary[f'P@.{t}'] for t in range(5, 10)] == [1, 1, 0.75, 0.5, 0.25]
    assert summary['kinds']['name']['oIoU'] == pytest.approx(50 / 70)
    assert summary['proposals'] == 'precomputed'
    assert read_image(whole / 'worst.png').shape == (340, 1600, 3)


def test_table_and_json_are_printed(words, whole, capsys):
    # All is done already: the results stay as they are and are summed up again.
    before = (whole / 'results.jsonl').read_bytes()
    evaluate(*words, '--out', whole)
    table = capsys.readouterr().out
    assert 'paper protocol' in table
    assert '76.92' in table
    evaluate(*words, '--out', whole, '--json')
    assert json.loads(capsys.readouterr().out) == json.loads(
        (whole / 'summary.json').read_text())
    assert (whole / 'results.jsonl').read_bytes() == before


def evaluate_until(sentence, words, test):
    """Run the subcommand, and stay before the answer to a sentence as long as the test is there."""
    answer = PipelineAnswers.answer

    def stop(self, scene, text, sample):
        if text == sentence:
            test.send('ready')
            test.recv()
        return answer(self, scene, text, sample)
    PipelineAnswers.answer = stop
    evaluate(*words)


def test_killed_and_resumed_is_the_same_as_unbroken(words, whole, tmp_path):
    with waiting_fork(evaluate_until, SENTENCES[2], [*words, '--out', tmp_path]):
        pass
    with (tmp_path / 'results.jsonl').open('ab') as file:
        file.write(b'{"key": "1__2/0", "i":')  # torn by a power cut
    evaluate(*words, '--out', tmp_path)
    for name in ('results.jsonl', 'summary.json', 'worst.png'):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_ctrl_c_says_how_to_go_on(words, whole, tmp_path, monkeypatch, capsys):
    answer = PipelineAnswers.answer

    def interrupted(self, scene, sentence, sample):
        if sentence == SENTENCES[2]:
            raise KeyboardInterrupt
        return answer(self, scene, sentence, sample)
    with monkeypatch.context() as patch:
        patch.setattr(PipelineAnswers, 'answer', interrupted)
        assert evaluate(*words, '--out', tmp_path) == 130
    assert 'same command to go on' in capsys.readouterr().err
    assert (tmp_path / 'results.jsonl').read_bytes().count(b'\n') == 3
    evaluate(*words, '--out', tmp_path)
    assert (tmp_path / 'results.jsonl').read_bytes() == (whole / 'results.jsonl').read_bytes()


def test_shards_merge_to_the_same_bytes(words, whole, tmp_path, capsys):
    evaluate(*words, '--out', tmp_path, '--shard', '2/2')
    assert not (tmp_path / 'summary.json').exists()
    with pytest.raises(RisError, match='2 of 4 sentences have no result'):
        evaluate(*words, '--out', tmp_path, '--merge')
    evaluate(*words, '--out', tmp_path, '--shard', '1/2', '--json')
    assert json.loads(capsys.readouterr().out.splitlines()[-1])['sentences'] == 2
    evaluate(*words, '--out', tmp_path, '--merge')
    assert (tmp_path / 'summary.json').read_bytes() == (whole / 'summary.json').read_bytes()


def test_a_ray_cluster_gives_the_same_bytes(words, whole, tmp_path):
    ray = pytest.importorskip('ray')
    lines = (whole / 'results.jsonl').read_bytes().splitlines(keepends=True)
    (tmp_path / 'results.jsonl').write_bytes(b''.join(lines[:2]) + lines[2][:9])
    evaluate(*words, '--out', tmp_path, '--ray', '--ray-workers', 1)
    assert not ray.is_initialized()
    for name in ('results.jsonl', 'summary.json', 'worst.png'):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_one_file_of_masks_gives_the_same_figures(root, words, whole, tmp_path):
    arrays = tmp_path / 'masks.npz'
    np.savez(arrays, **{str(n): np.load(root / f'{n}.npz')['masks'] for n in (0, 1)})
    evaluate(*words[:-1], arrays, '--out', tmp_path)
    summary = json.loads((tmp_path / 'summary.json').read_text())
    assert len(summary.pop('masks_sha256')) == 64
    assert summary == json.loads((whole / 'summary.json').read_text())


def test_simulated_scenes(tmp_path):
    data = tmp_path / 'scenes'
    assert main(['simulate', '--seed', '41', '--scenes', '1', '--per-kind', '1', '--kinds',
                 'attribute', 'position', 'relation', 'absent', '--size', '320', '240',
                 '--out', str(data)]) == 0
    for scene in list(data.glob('scene_*')):
        labels = read_image(scene / 'labels.png')[..., 0]
        np.savez(data / f'{scene.name}.npz',
                 masks=labels[None] == np.unique(labels[labels > 0])[:, None, None])
    words = ['--dataset', 'simulation', '--root', data, '--split', 'test', '--masks', data,
             '--protocol', 'paper', '--out', tmp_path / 'out']
    evaluate(*words)
    summary = json.loads((tmp_path / 'out' / 'summary.json').read_text())
    lines = [json.loads(line) for file in data.glob('scene_*/expressions.jsonl')
             for line in file.read_text().splitlines()]
    doubtful = {'absent', 'ambiguous'}
    assert summary['sentences'] == sum(line['kind'] not in doubtful for line in lines) >= 2
    kinds = {name.partition(':')[0] for name in summary['kinds']}
    assert kinds == {line['kind'] for line in lines} - doubtful
    # True masks as proposals: an answer is wholly right or wholly wrong.
    assert summary['mIoU'] == summary['P@.5'] == summary['P@.9']
    with pytest.raises(RisError, match="split 'test', not 'train'"):
        evaluate(*[word if word != 'test' else 'train' for word in words])


@pytest.mark.parametrize(('more', 'sentence'), [
    (['--shard', '1/2', '--merge'], 'leave out --shard'),
    (['--ray', '--merge'], 'leave out --shard and --ray'),
    (['--ray-workers', '2'], 'goes with --ray'),
    (['--true-masks'], '--dataset simulation'),
    (['--ray', '--device', 'cuda:1'], 'Ray chooses the GPU'),
    (['--architecture', 'ViT-X'], r"no known weights of the architecture 'ViT-X'.*RN50-quickgelu"),
    (['--architecture', 'RN50-quickgelu'], 'ris models fetch clip_rn50'),
    (['--masks', 'none'], 'no file or folder of masks'),
    (['--profile', 'nonsense'], 'no profile'),
    (['--weights', 'none.safetensors'], 'does not exist')])
def test_mistakes_are_a_sentence(words, tmp_path, monkeypatch, more, sentence):
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path / 'none'))
    with pytest.raises(RisError, match=sentence):
        evaluate(*words, '--out', tmp_path, *more)
    assert not list(tmp_path.iterdir())


def test_a_bad_annotation_is_a_sentence_with_its_name_and_status_two(root, tmp_path, capsys):
    for file in ('refer_val.json', 'image_data_split.json'):
        (tmp_path / file).write_text((root / file).read_text())
    tasks = json.loads((root / 'refer_val.json').read_text())
    tasks[1] |= {'Polygons': [[[[0, 0], [4]]]], 'ann_ids': [31]}
    (tmp_path / 'refer_val.json').write_text(json.dumps(tasks))
    assert main(['evaluate', '--dataset', 'phrasecut', '--root', str(tmp_path), '--split', 'val',
                 '--masks', str(root), '--out', str(tmp_path / 'out')]) == 2
    assert 'task 0__1 (annotations [31], image 0)' in capsys.readouterr().err


def test_a_profile_without_proposals_asks_for_masks(root, tmp_path):
    with pytest.raises(RisError, match='--masks'):
        evaluate('--dataset', 'phrasecut', '--root', root, '--split', 'val', '--profile', 'paper',
                 '--out', tmp_path)


@pytest.mark.parametrize('shard', ['0/2', '3/2', '1', 'a/b', '1/0'])
def test_impossible_shards_are_refused(words, shard, capsys):
    with pytest.raises(SystemExit):
        evaluate(*words, '--shard', shard)
    assert 'i/n' in capsys.readouterr().err


def test_results_that_find_the_disk_full_are_kept_in_whole_lines_and_gone_on_with(
        words, whole, tmp_path, capsys):
    given = [str(word) for word in words]
    size = (whole / 'results.jsonl').stat().st_size
    with full_disk(size - 20):
        assert main(['evaluate', *given, '--out', str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert 'The results cannot be written to ' in said
    assert 'give the same command to go on' in said
    data = (tmp_path / 'results.jsonl').read_bytes()
    assert data.endswith(b'\n')
    assert data == (whole / 'results.jsonl').read_bytes()[:len(data)]
    assert main(['evaluate', *given, '--out', str(tmp_path)]) == 0
    assert (tmp_path / 'results.jsonl').read_bytes() == (whole / 'results.jsonl').read_bytes()


def test_results_in_a_folder_that_cannot_be_made_are_told_in_a_sentence(words, tmp_path, capsys):
    (tmp_path / 'file').write_text('')
    out = tmp_path / 'file' / 'out'
    assert main(['evaluate', *map(str, words), '--out', str(out)]) == 2
    assert f'The results cannot be written to {out}' in capsys.readouterr().err
