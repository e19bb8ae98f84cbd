"""The learned segmenter in OpenVINO."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ris_ros.openvino_network import OpenVinoNetwork
from ris_ros.proposals.segmenter import STRIDE, Segmenter


class OpenVinoSegmenter:
    """Looks at pictures as a Segmenter does."""

    def __init__(self, segmenter: Segmenter) -> None:
        """Convert a segmenter; raises ModelError where OpenVINO is not installed."""
        images = torch.zeros(1, 3, 4 * STRIDE, 6 * STRIDE)
        with torch.inference_mode():
            _, context = segmenter.look(images)
        self._whole = OpenVinoNetwork(_Look(segmenter), (images,))
        self._part = OpenVinoNetwork(_Look(segmenter), (images, context))

    def look(self, images: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the maps and the context, as `Segmenter.look` does."""
        return self._whole(images) if context is None else self._part(images, context)


class _Look(nn.Module):
    """The method `look` as a network."""

    def __init__(self, segmenter: Segmenter) -> None:
        super().__init__()
        self.segmenter = segmenter

    def forward(self, images: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.segmenter.look(images, context)
