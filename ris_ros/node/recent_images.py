# SPDX-License-Identifier: Apache-2.0
"""The last images of a topic, as many as there is room for."""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TypeVar

from ris_ros.node.frame_matching import ArrivedImage

AnyImage = TypeVar('AnyImage', bound=ArrivedImage)

# At 30 Hz, images and depth of the last 0.4 s.
_KEPT = 12
# Large images are fewer: no more bytes than these are kept of colour, and as many of depth, but
# always this many images, because depth comes after its image.
_MOST_BYTES, _LEAST_KEPT = 100_000_000, 3


class RecentImages(Sequence[AnyImage]):
    """The last images of a topic, oldest first."""

    def __init__(self) -> None:
        self._images: deque[AnyImage] = deque(maxlen=_KEPT)

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, number):
        return self._images[number]

    def __iter__(self) -> Iterator[AnyImage]:
        return iter(self._images)

    def __reversed__(self) -> Iterator[AnyImage]:
        return reversed(self._images)

    def add(self, image: AnyImage) -> None:
        """Keep an image, and drop those that there is no room for."""
        self._images.append(image)
        while (len(self._images) > _LEAST_KEPT
               and sum(len(one.message.data) for one in self._images) > _MOST_BYTES):
            self._images.popleft()

    def remove(self, image: AnyImage) -> None:
        """Drop an image that cannot be used."""
        self._images.remove(image)

    def clear(self) -> None:
        """Forget all images."""
        self._images.clear()
