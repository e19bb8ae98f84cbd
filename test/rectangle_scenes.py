# SPDX-License-Identifier: Apache-2.0
"""Scenes laid out by hand: what stands where, and an eye that sees what was said to be there."""
import numpy as np
import torch

from ris_ros.frame import CameraModel, Frame
from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.index.scene_index import SceneIndex

SHAPE = (100, 200)
CAMERA = CameraModel(200.0, 200.0, 100.0, 50.0, 200, 100)
# The eye gives 100 to what fits and 0 to all else.
SURE = DecisionSettings(calibration=Calibration(midpoint=50.0, slope=0.3))


def scene(*things, deep=True):
    """Return the index of things (name, u, v, width, height, z); z is left out without depth.

    Later things stand before earlier ones. The features are the things' numbers.
    """
    masks = np.zeros((len(things), *SHAPE), bool)
    depth = np.full(SHAPE, 2.0, np.float32)
    for number, (_, u, v, width, height, *z) in enumerate(things):
        mask = masks[number]
        mask[v - height // 2:v + (height + 1) // 2, u - width // 2:u + (width + 1) // 2] = True
        masks[:number] &= ~mask
        if z:
            depth[mask] = z[0]
    frame = Frame(np.zeros((*SHAPE, 3), np.uint8), depth if deep else None, CAMERA)
    features = np.arange(len(things), dtype=np.float32)[:, None]
    return SceneIndex.of(frame, masks, features)


class Eye:
    """Gives each thing the score of its name's best word that is said; in place of the encoder."""

    def __init__(self, names, scores=()):
        self._names, self._scores = names, dict(scores)

    def rate(self, visual, sentence, phrase, anchors):
        """Return scores by the words of the phrase."""
        words = set(phrase.split())
        words -= {'the', 'an', 'a'}
        return torch.tensor([
            self._scores.get((name, phrase), 100.0 if words <= set(name.split()) else 0.0)
            for name in (self._names[int(i)] for i in visual[:, 0])])
