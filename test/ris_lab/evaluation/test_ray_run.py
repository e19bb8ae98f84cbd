# SPDX-License-Identifier: Apache-2.0
"""A run on a local Ray cluster: the same bytes as alone, whatever happens to its workers."""
import gc
import os
from pathlib import Path
import sys

import numpy as np
import pytest

ray = pytest.importorskip('ray')

from ris_lab.evaluation import ray_run  # noqa: E402
from ris_lab.evaluation.prediction import Prediction  # noqa: E402
from ris_lab.evaluation.ray_run import connected, run_on_ray, worker_count  # noqa: E402
from ris_lab.evaluation.results import ResultsFile  # noqa: E402
from ris_lab.evaluation.runner import run  # noqa: E402
from ris_lab.evaluation.sample import Sample  # noqa: E402
from ris_ros.errors import ModelError, RisError  # noqa: E402

RUN = {'dataset': 'test'}
PICTURES = 12


class ByLength:
    """Answers with as many columns as the sentence has letters; dies or fails where told to."""

    def __init__(self, poison='', marker=None):
        """Be dead at the picture ``poison`` as long as the file ``marker`` is not there."""
        self._poison, self._marker = poison, marker

    def index(self, sample):
        """Give the sample itself; the first picture has no proposals."""
        if sample.image_id == self._poison:
            if self._marker is None:
                raise RisError('The picture is unreadable.')
            if not self._marker.exists():
                self._marker.touch()
                os._exit(1)
        return None if sample.image_id == '0' else sample

    def answer(self, scene, sentence, sample):
        """Answer by the length of the sentence."""
        mask = np.zeros((4, 30), bool)
        mask[:, :len(sentence)] = True
        return Prediction(mask, 'FOUND')


def load_nothing():
    raise ModelError('The weights are gone.')


class NotInstalled:
    """Cannot be unpickled, like what is of a package that a machine lacks."""

    def __reduce__(self):
        return __import__, ('a_package_that_is_not_there',)


class Occupant:
    """Holds a place of the cluster."""

    def is_there(self):
        """Tell that Ray has found a place for it."""
        return True


def half():
    return np.arange(120).reshape(4, 30) % 30 < 15


SAMPLES = [Sample(Path(f'{n // 2}.png'), tuple('x' * (n + k) for k in range(1 + n % 3)), half,
                  image_id=str(n // 2), ref_id=str(n)) for n in range(2 * PICTURES)]


@pytest.fixture(scope='module')
def cluster():
    """Start one cluster of two CPUs for all tests."""
    # The workers cannot import this file.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with connected('local', cpus=2):
        yield
    assert not ray.is_initialized()


def run_alone(path, samples=SAMPLES):
    with ResultsFile(path, RUN) as results:
        run(samples, ByLength(), results, 'default')
    return path.read_bytes()


def run_there(path, load=ByLength, workers=2):
    gc.collect()  # the workers of a run that failed live as long as its traceback
    with ResultsFile(path, RUN) as results:
        run_on_ray(SAMPLES, load, results, 'default', workers)
    return path.read_bytes()


def test_the_same_bytes_as_alone(cluster, tmp_path):
    assert run_there(tmp_path / 'there') == run_alone(tmp_path / 'alone')


def test_what_is_known_is_not_done_again(cluster, tmp_path):
    whole = run_alone(tmp_path / 'alone')
    path = tmp_path / 'there'
    path.write_bytes(whole[:len(whole) // 2])
    assert run_there(path, workers=1) == whole
    assert run_there(path, load_nothing) == whole


def test_a_dead_worker_is_replaced(cluster, tmp_path):
    marker = tmp_path / 'has_died'
    assert run_there(tmp_path / 'there', lambda: ByLength('5', marker), workers=1) == (
        run_alone(tmp_path / 'alone'))
    assert marker.exists()


def test_a_workers_error_is_told_after_what_came_before_it(cluster, tmp_path):
    path = tmp_path / 'there'
    with pytest.raises(RisError, match=r'picture is unreadable\. \(on '):
        run_there(path, lambda: ByLength('5'))
    assert path.read_bytes() == run_alone(tmp_path / 'alone', SAMPLES[:10])


def test_models_that_cannot_be_loaded_are_told(cluster, tmp_path):
    with pytest.raises(RisError, match='weights are gone'):
        run_there(tmp_path / 'there', load_nothing, workers=1)


def test_a_machine_without_the_package_is_told(cluster, tmp_path):
    with pytest.raises(RisError, match=r'given up on the picture 0\.png.*a_package_that_is_not'):
        run_there(tmp_path / 'there', NotInstalled(), workers=1)


def test_more_workers_than_places_do_not_block(cluster, tmp_path):
    assert run_there(tmp_path / 'there', workers=3) == run_alone(tmp_path / 'alone')


def test_a_place_that_others_hold_does_not_block(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_run, '_PATIENCE', 1.0)
    other = ray.remote(num_cpus=1)(Occupant).remote()
    ray.get(other.is_there.remote())
    assert run_there(tmp_path / 'there') == run_alone(tmp_path / 'alone')
    assert ray.get(other.is_there.remote())


def test_as_many_workers_as_the_cluster_has_room_for(cluster):
    assert [worker_count(asked, gpu=False) for asked in (0, 1, 2, 9)] == [2, 1, 2, 2]
    with pytest.raises(RisError, match='no GPU'):
        worker_count(1, gpu=True)


def test_without_ray_there_is_a_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'ray', None)
    with pytest.raises(RisError, match='pip install'), connected('local'):
        pass


def test_a_cluster_that_is_not_there(monkeypatch):
    monkeypatch.setattr(ray, 'init', lambda **_: (_ for _ in ()).throw(ConnectionError('gone')))
    with pytest.raises(RisError, match=r"'127.0.0.1:9' cannot be reached: gone"), \
            connected('127.0.0.1:9'):
        pass
