# SPDX-License-Identifier: Apache-2.0
"""The published pipeline's own numbers on seeded weights (golden/), and how far ours are off."""
from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path

import numpy as np
from seeded_weights import fingerprint, seeded_state_dict

from ris_lab.evaluation.metrics import intersection_union, mean_iou, overall_iou
from ris_ros.encoder import EncoderSettings, GlobalLocal, backbone_from_state, global_local
from ris_ros.encoder.backbone import Backbone

FOLDER = Path(__file__).parent / 'golden'
INPUTS = np.load(FOLDER / 'inputs.npz')
FEATURE_TOLERANCE = 1e-4  # of the feature's length
SCORE_TOLERANCE = {'vit_b32': 1e-3, 'rn50': 1e-4}
SURE_MARGIN = 0.01  # above it, the best of two masks is certain

SENTENCES = [str(text) for text in INPUTS['sentence_joined']]
PHRASES = [str(text) for text in INPUTS['noun_phrase']]
IMAGE_OF = [int(str(name).removeprefix('img')) for name in INPUTS['sentence_image']]


@dataclass(frozen=True)
class Golden:
    """A model with the published weights' stand-in, and what the published code gives on it."""

    name: str
    architecture: str
    backbone: Backbone
    expected: dict[str, np.ndarray]

    @property
    def score_tolerance(self) -> float:
        """Return how far a score may be off."""
        return SCORE_TOLERANCE[self.name]


def load_golden(architecture: str) -> Golden:
    """Return the golden vectors of an architecture; the weights' fingerprint must agree."""
    name = {'ViT-B-32-quickgelu': 'vit_b32', 'RN50-quickgelu': 'rn50'}[architecture]
    state = seeded_state_dict(architecture)
    assert fingerprint(state) == json.loads((FOLDER / 'meta.json').read_text())[f'{name}_sha256']
    return Golden(name, architecture, backbone_from_state(architecture, state),
                  dict(np.load(FOLDER / f'{name}_legacy.npz')))


def load_image(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W, 3) uint8 RGB and (N, H, W) bool masks."""
    image = INPUTS[f'img{number}/image']
    return image, _unpack(INPUTS[f'img{number}/masks_packed'], image.shape[:2])


def load_target(number: int) -> np.ndarray:
    """Return the (H, W) bool true mask of a sentence."""
    return _unpack(INPUTS[f'target{number}_packed'][None],
                   tuple(INPUTS[f'target{number}_shape']))[0]


def ground(backbone: Backbone, settings: EncoderSettings) -> list[GlobalLocal]:
    """Return what the method computes for each image and the sentences about it."""
    results = []
    for number in range(3):
        image, masks = load_image(number)
        about = [i for i, image_of in enumerate(IMAGE_OF) if image_of == number]
        results.append(global_local(backbone, image, masks, [SENTENCES[i] for i in about],
                                    [PHRASES[i] for i in about], settings))
    return results


def scores_of(results: list[GlobalLocal]) -> list[np.ndarray]:
    """Return the (N,) scores of each sentence."""
    return [scores for result in results for scores in result.scores]


def score_error(results: list[GlobalLocal], golden: Golden, prefix: str = '') -> float:
    """Return the largest difference of a score."""
    return max(np.abs(scores - golden.expected[f'{prefix}score{number}']).max()
               for number, scores in enumerate(scores_of(results)))


def changed_answers(results: list[GlobalLocal], golden: Golden, prefix: str = '') -> int:
    """Return for how many sentences another mask is the best, of those with a sure one."""
    best = np.array([scores.argmax() for scores in scores_of(results)])
    sure = golden.expected[f'{prefix}top2_margin'] > SURE_MARGIN
    return int((sure & (best != golden.expected[f'{prefix}argmax'])).sum())


def assert_features(actual: np.ndarray, expected: np.ndarray) -> None:
    """Agree to a share of each feature's length."""
    difference = np.linalg.norm(actual - expected, axis=-1)
    assert (difference <= FEATURE_TOLERANCE * np.linalg.norm(expected, axis=-1)).all()


def assert_metrics(results: list[GlobalLocal], golden: Golden, prefix: str) -> None:
    """Agree in the IoU of every sentence, the running sums, and what the published run printed."""
    expected = {name: golden.expected[prefix + name]
                for name in ('argmax', 'top2_margin', 'iou', 'cum_I', 'cum_U')}
    areas = []
    for number, scores in enumerate(scores_of(results)):
        _, masks = load_image(IMAGE_OF[number])
        best = scores.argmax()
        if expected['top2_margin'][number] <= 0.01:  # a tie within the tolerance
            assert abs(scores[best] - scores[expected['argmax'][number]]) <= 0.01
            best = expected['argmax'][number]
        areas.append(intersection_union(masks[best], load_target(number)))
    intersections, unions = np.array(areas).T
    np.testing.assert_allclose(intersections / unions, expected['iou'], rtol=1e-6)
    np.testing.assert_array_equal(intersections.cumsum(), expected['cum_I'])
    np.testing.assert_array_equal(unions.cumsum(), expected['cum_U'])
    assert f'{100 * overall_iou(areas):.2f} / {100 * mean_iou(areas):.2f}' == str(
        golden.expected[prefix + 'reported_oIoU_mIoU'])


def _unpack(bits: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    return np.unpackbits(bits, axis=1)[:, :height * width].reshape(-1, height, width).astype(bool)
