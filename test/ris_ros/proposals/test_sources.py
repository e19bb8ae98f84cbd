# SPDX-License-Identifier: Apache-2.0
"""The proposer that a profile names, and the sentences for one that cannot be made."""
import numpy as np
import pytest

from ris_ros.errors import FrameError, ModelError
from ris_ros.frame import Frame
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.sources import make_proposer

FRAME = Frame(np.zeros((6, 8, 3), np.uint8))


def test_embedded_with_its_option():
    assert isinstance(make_proposer({'source': 'embedded', 'max_masks': 3}, 'cpu'),
                      EmbeddedProposer)


def test_precomputed_reads_its_file(tmp_path):
    masks = np.zeros((2, 6, 8), bool)
    masks[0, 1], masks[1, 2:4] = True, True
    np.savez(tmp_path / 'm.npz', masks=masks)
    proposer = make_proposer({'source': 'precomputed', 'path': str(tmp_path / 'm.npz')}, 'cpu')
    np.testing.assert_array_equal(proposer.propose(FRAME), masks)


def test_given_asks_for_masks():
    with pytest.raises(FrameError, match='--masks'):
        make_proposer({'source': 'given'}, 'cpu').propose(FRAME)


@pytest.mark.parametrize(('options', 'message'), [
    ({'source': 'embedded', 'colour': 'blue'}, 'colour'),
    ({'source': 'sam', 'weights': 'none.pth', 'model_type': 'vit_b'}, 'none'),
    ({'source': 'sam', 'weights': 'none.pth', 'model_type': 'vit_b', 'prompts': 'boxes'},
     'expected one of grid, objects'),
    ({'source': 'sam'}, 'options')])
def test_mistakes_are_named(options, message, tmp_path, monkeypatch):
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path))
    with pytest.raises(ModelError, match=message):
        make_proposer(options, 'cpu')
