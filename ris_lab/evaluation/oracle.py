# SPDX-License-Identifier: Apache-2.0
"""A perfect eye for simulated scenes, so that language and space alone are measured."""
from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.grounding.confidence import Calibration
from ris_sim.expressions.vocabulary import may_be_called

# What fits scores 100, all else 0: with this calibration, almost 1 and almost 0.
CALIBRATION = Calibration(midpoint=50.0, slope=0.3)
_LEAST_SHARE = 0.5
_OUTLINE_IOU = 0.5


class TrueAppearance:
    """Sees what each mask shows and knows what it is called; in place of CLIP."""

    def __init__(self, labels: np.ndarray, objects: Sequence[dict[str, object]]) -> None:
        """Take the (H, W) labels of a scene, 0 for the background, and what they are.

        Args:
            labels: (H, W) integers.
            objects: A dictionary for each object, with label, category, colour and material.
        """
        self._labels = labels
        self._things = {item['label']: (item['category'], item['colour'], item['material'])
                        for item in objects}

    @classmethod
    def read(cls, folder: Path) -> TrueAppearance:
        """Read a scene's folder, as `ris simulate` writes it."""
        labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
        return cls(labels, json.loads((folder / 'scene.json').read_text())['objects'])

    def visual(self, masks: np.ndarray) -> torch.Tensor:
        """Return what each mask shows, as its only feature.

        Args:
            masks: (N, H, W) bool.

        Returns:
            (N, 1) float32: the label that makes up most of each mask, 0 where none does.
        """
        shown = [np.bincount(self._labels[mask]) for mask in masks]
        labels = [int(counts.argmax()) if counts.max() >= _LEAST_SHARE * counts.sum() else 0
                  for counts in shown]
        return torch.tensor(labels, dtype=torch.float32)[:, None]

    def fits(self, masks: np.ndarray, phrase: str) -> np.ndarray:
        """Tell which masks are outlines of something that a phrase may mean.

        Args:
            masks: (N, H, W) bool.
            phrase: A noun phrase: 'the red mug'.

        Returns:
            (N,) bool.
        """
        labels = self.visual(masks)
        called = self.rate(labels, phrase, phrase, ()).numpy() > 0
        for index in np.flatnonzero(called):
            truth = self._labels == int(labels[index, 0])
            called[index] = iou(*intersection_union(masks[index], truth)) >= _OUTLINE_IOU
        return called

    def rate(self, visual: torch.Tensor, sentence: str, phrase: str,
             anchors: Sequence[str]) -> torch.Tensor:
        """Score what the masks show, as an appearance of CLIP does.

        Args:
            visual: (N, 1) labels, as from `visual`.
            sentence: Not used: the phrase says it all.
            phrase: A noun phrase: 'the red mug'.
            anchors: Not used.

        Returns:
            (N,) float32: 100 for what may be called by the phrase, 0 for all else.
        """
        called = [label > 0 and may_be_called(*self._things[label], phrase)
                  for label in visual[:, 0].int().tolist()]
        return 100.0 * torch.tensor(called, dtype=torch.float32)
