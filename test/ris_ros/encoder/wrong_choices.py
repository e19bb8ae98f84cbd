# SPDX-License-Identifier: Apache-2.0
"""What other choices than the paper's give on the golden vectors.

Only what a choice changes is computed again.
"""
from dataclasses import replace

from golden_vectors import changed_answers, load_image, score_error
import numpy as np
import pytest
import torch

from ris_ros.encoder import EncoderSettings
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.visual import global_features, local_features

PAPER = EncoderSettings()
VISUAL = ('global', 'local')


def compute_again(known, number, backbone, settings, parts):
    """Return the results of an image with the global or local features of other choices."""
    encoder = Encoder(backbone, settings)
    views = encoder.inputs(*load_image(number)) if parts else None
    whole, local = torch.from_numpy(known.global_features), torch.from_numpy(known.local_features)
    if 'global' in parts:
        whole = global_features(backbone, views.global_input, views.token_masks,
                                settings.masked_blocks, settings.batch_size)
    if 'local' in parts:
        local = local_features(backbone, views.local_inputs, settings.batch_size)
    mixed = encoder.mix_visual(whole, local)
    # What the visual features are scaled to does not concern the texts of a ViT.
    text = Encoder(backbone, replace(settings, unit_features=False)).mix_text(
        torch.from_numpy(known.sentence_features), torch.from_numpy(known.phrase_features))
    return replace(known, scores=np.stack([encoder.scores(mixed, words) for words in text]))


def assert_caught(model, error, changes, parts, settings=PAPER, backbone=None):
    """Ask for scores that are off by this error, and for an error that is not tolerated."""
    golden, right = model
    results = [compute_again(known, number, backbone or golden.backbone,
                             settings(number) if callable(settings) else settings, parts)
               for number, known in enumerate(right)]
    found = score_error(results, golden)
    assert found > golden.score_tolerance
    assert found == pytest.approx(error, rel=0.04, abs=5e-4)
    assert changed_answers(results, golden) == changes
