# SPDX-License-Identifier: Apache-2.0
"""The last messages of a camera, and which of them make the newest frame."""
from __future__ import annotations

from collections.abc import Sequence
import math

from sensor_msgs.msg import CompressedImage, Image

from ris_ros.node.frame_matching import (
    LOOK_BACK_S,
    ArrivedDepth,
    ArrivedImage,
    ImagePair,
    Stamped,
    newest_pair,
    seconds,
    to_time,
)
from ris_ros.node.image_converter import ImageConverter
from ris_ros.node.image_encodings import ImageEncoding
from ris_ros.node.intrinsics import ArrivedInfo, Intrinsics
from ris_ros.node.recent_images import RecentImages
from ris_ros.node.recent_infos import RecentInfos
from ris_ros.node.registration import RegistrationWatch

# Depth or a camera info that is this far behind its image does not come any more.
GONE_S = 5.0
# If two images in a row had depth of their own stamp, the next one will have it. The same holds of
# camera infos.
_IMAGES_WITH_OWN = 2
_INFO_DUE = 'The camera info of this image has not come yet.'


class RecentMessages:
    """Keeps the last messages of a camera; one thread at a time may call it.

    Attributes:
        colours: The last colour images.
        infos: What the last camera infos say.
        depth_rejection: Why the last depth image was turned away; '' if it was not.
    """

    def __init__(self) -> None:
        self.colours = RecentImages[ArrivedImage]()
        self.infos = RecentInfos()
        self.depth_rejection = ''
        self._depths = RecentImages[ArrivedDepth]()
        self._registration = RegistrationWatch()
        self._arrivals = 0

    def add_colour(self, message: Image | CompressedImage, encoding: ImageEncoding | None,
                   now: float) -> None:
        """Keep a colour image that arrived at ``now`` (seconds)."""
        self.colours.add(ArrivedImage(message, encoding, *self._number_and_stamp(message, now)))

    def add_depth(self, message: Image, encoding: ImageEncoding, now: float) -> None:
        """Keep a depth image that arrived at ``now`` (seconds)."""
        self.depth_rejection = ''
        depth = ArrivedDepth(message, encoding, *self._number_and_stamp(message, now))
        self._depths.add(depth)
        self._registration.add(depth)

    def clear(self) -> None:
        """Forget all messages."""
        self.colours.clear()
        self._depths.clear()
        self.infos.clear()
        self._registration.clear()
        self.depth_rejection = ''

    def pair(self, max_skew: float, fault: str, converter: ImageConverter) -> ImagePair:
        """Return the images of the newest frame; the last depth image's fault goes before.

        Args:
            max_skew: As for `newest_pair`.
            fault: Why no depth can be trusted, as far as is known without looking at it; or ''.
            converter: Converts raw images.
        """
        pair = self._newest_pair(max_skew)
        if fault:
            return ImagePair(pair.colour, None, fault)
        if pair.depth is None and self.depth_rejection:
            return ImagePair(pair.colour, None, self.depth_rejection)
        if pair.depth is not None and (fault := self.alternation(converter)):
            # One of the two is wrong, and nothing tells which.
            return ImagePair(pair.colour, None, fault)
        return pair

    def alternation(self, converter: ImageConverter) -> str:
        """Return what goes to and fro in depth or camera info; '' where nothing does."""
        return self.infos.alternation or self._registration.fault(self.colours, converter)

    @property
    def is_complete(self) -> bool:
        """Whether depth and camera info have come, usable or not."""
        return bool(self._depths) and self.infos.newest is not None

    def awaits_more(self, max_skew: float) -> bool:
        """Return whether depth or camera info, which came for recent images, is still to come."""
        pair = self._newest_pair(max_skew)
        behind = self.colours[-1].stamp - self._depths[-1].stamp
        return (0 < behind < GONE_S and pair.depth is None) or self._lacks_info(pair)

    def info_of(self, pair: ImagePair) -> ArrivedInfo:
        """Return the camera info of an image; without intrinsics where that is still to come."""
        if self._lacks_info(pair):
            return ArrivedInfo(pair.colour.stamp, -1, Intrinsics(rejection=_INFO_DUE))
        return self.infos.at(pair.colour.stamp)

    def _newest_pair(self, max_skew: float) -> ImagePair:
        own_infos = self.infos.last if _come_with(self.colours, self.infos.last) else ()
        own_depths = self._depths if _come_with(self.colours, self._depths) else ()
        return newest_pair(self.colours, self._depths, max_skew, (own_infos, own_depths))

    def _lacks_info(self, pair: ImagePair) -> bool:
        """Tell whether an image that has depth will have a camera info of its own, and has none."""
        return (pair.depth is not None and _come_with(self.colours, self.infos.last)
                and all(info.stamp < pair.colour.stamp for info in self.infos.last))

    def _number_and_stamp(self, message: Image | CompressedImage, now: float) -> tuple[int, float]:
        """Return a message's number and stamp; it gets a stamp if its driver left it without.

        Without one, TF would give the newest transform for it, and no output could be told from
        another.
        """
        self._arrivals += 1
        if seconds(message.header.stamp) == 0:
            message.header.stamp = to_time(now)
        return self._arrivals, seconds(message.header.stamp)


def _come_with(colours: Sequence[ArrivedImage], others: Sequence[Stamped]) -> bool:
    """Tell whether each image has another message of its own stamp, as far as they have come."""
    stamps = {other.stamp for other in others}
    last = max(stamps, default=-math.inf)
    earlier = [colour.stamp for colour in colours if colour.stamp <= last][-_IMAGES_WITH_OWN:]
    later = [colour.stamp for colour in colours if colour.stamp > last]
    return (len(earlier) == _IMAGES_WITH_OWN and stamps.issuperset(earlier)
            and (len(later) < 2 or later[-1] - later[0] <= LOOK_BACK_S))
