# SPDX-License-Identifier: Apache-2.0
"""The features of texts: those of one whole pass each, remembered, in whatever order they come."""
from exact import random_clip
import pytest
import torch

from ris_lab.benchmark import plain_clip
from ris_ros.encoder.text import Recent, TextEncoder, encode_tokens

PROMPTS = ['mug', 'the small red mug to the left of the white bowl near the edge of the table',
           'the red mug', 'a photo of the mug ' * 30]


@pytest.fixture(scope='module')
def backbone(tmp_path_factory):
    return random_clip('ViT-B-32-quickgelu', tmp_path_factory.mktemp('clip'), blocks=1,
                       text_blocks=3)


def test_a_context_that_is_cut_gives_the_same_features(backbone):
    expected = plain_clip.text_features(backbone, PROMPTS)
    together = encode_tokens(backbone, backbone.tokenizer(PROMPTS))
    torch.testing.assert_close(together, expected, atol=1e-5, rtol=1e-5)
    for prompt, feature in zip(PROMPTS, expected, strict=True):
        alone = encode_tokens(backbone, backbone.tokenizer([prompt]))[0]
        torch.testing.assert_close(alone, feature, atol=1e-5, rtol=1e-5)


def test_a_text_is_encoded_once(backbone, monkeypatch):
    asked = []
    encode = TextEncoder._encode
    monkeypatch.setattr(TextEncoder, '_encode', lambda self, prompts: (
        asked.extend(prompts), encode(self, prompts))[1])
    texts = TextEncoder(backbone, ('a {}', 'the {}'))
    first = texts(['mug', 'bowl'])
    again = texts(['bowl', 'spoon', 'mug', 'mug'])
    assert asked == ['a mug', 'the mug', 'a bowl', 'the bowl', 'a spoon', 'the spoon']
    assert torch.equal(again[[2, 0]], first)
    assert torch.equal(again[2], again[3])


def test_two_encoders_share_nothing(backbone, tmp_path):
    other = random_clip('ViT-B-32-quickgelu', tmp_path, blocks=1, text_blocks=3, seed=1)
    one, two = TextEncoder(backbone)(['mug']), TextEncoder(other)(['mug'])
    assert not torch.allclose(one, two, atol=1e-2)


def test_what_was_not_asked_for_lately_is_forgotten():
    made = []

    def make(names):
        made.extend(names)
        return [name.upper() for name in names]
    recent = Recent(2)
    assert recent.get(['a', 'b'], make) == ['A', 'B']
    assert recent.get(['a'], make) == ['A']
    assert recent.get(['c'], make) == ['C']  # b has to go
    assert recent.get(['a', 'c', 'b'], make) == ['A', 'C', 'B']
    assert made == ['a', 'b', 'c', 'b']
    assert len(recent) == 2
    assert recent.get(['p', 'q', 'r'], make) == ['P', 'Q', 'R']  # more at once than are kept
    assert len(recent) == 2
