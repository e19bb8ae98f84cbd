# SPDX-License-Identifier: Apache-2.0
"""Notices depth that is not registered to the colour camera in every image."""
from __future__ import annotations

from collections.abc import Sequence

from ris_ros.errors import FrameError
from ris_ros.node.conversions import frame_name, sampled_metres
from ris_ros.node.depth_views import DepthSample, DepthViews, is_still, stride_of
from ris_ros.node.frame_matching import ArrivedDepth, ArrivedImage, colour_to_rgb, nearest
from ris_ros.node.image_converter import ImageConverter

# A colour image is of the time of a depth image where it is at most this far from it, seconds.
_SAME_TIME_S = 0.05


class RegistrationWatch:
    """Notices depth that alternates between two sources, or two viewpoints, image by image.

    Depth that jumps to and fro is a fault only where the colour image stands still: then neither
    the camera nor an object has moved.
    """

    def __init__(self) -> None:
        self._views = DepthViews()
        self._judged: tuple[int, str] = (0, '')
        self._count = 0

    def add(self, depth: ArrivedDepth) -> None:
        """Take note of the next depth image."""
        message = depth.message
        stride = stride_of(message.height, message.width)
        self._count += 1
        self._views.add(DepthSample(
            sampled_metres(message, depth.encoding, stride), stride, depth.stamp,
            frame_name(message.header.frame_id), (message.height, message.width)))

    def clear(self) -> None:
        """Forget all images."""
        self._views.clear()
        self._count += 1

    def fault(self, colours: Sequence[ArrivedImage], converter: ImageConverter) -> str:
        """Return what is wrong with the depth, in a sentence; '' where it does not alternate.

        Args:
            colours: The last colour images.
            converter: Converts raw images.
        """
        number, fault = self._judged
        if number != self._count:
            fault = self._judge(colours, converter)
            self._judged = self._count, fault
        return fault

    def _judge(self, colours: Sequence[ArrivedImage], converter: ImageConverter) -> str:
        """Return the fault after the last depth image."""
        if (pair := self._views.pair) is None:
            return ''
        one, other = pair
        if one.source != other.source:
            names = ' and '.join(sorted(f'{sample.size[1]} x {sample.size[0]} pixels in '
                                        f'{sample.frame_id!r}' for sample in pair))
            return (f'The depth images alternate between {names}. Does more than one node publish '
                    'on the topic depth?')
        if not colours:
            return ''
        images = [colour for colour in (nearest(colours, sample.stamp) for sample in pair)
                  if min(abs(colour.stamp - sample.stamp) for sample in pair) <= _SAME_TIME_S]
        if len(images) < 2:
            return ''
        try:
            image, later = (colour_to_rgb(colour, converter) for colour in images)
        except FrameError:
            return ''  # a broken picture is told of where it is to be answered from
        if not is_still(one, other, image, later):
            return ''
        share = one.difference(other)
        return (f'The depth alternates between two viewpoints: {share:.1%} of its pixels jump to '
                'and fro while the image stands still. Only one of the two is registered to the '
                'colour camera. Does more than one node publish on the topic depth?')
