# SPDX-License-Identifier: Apache-2.0
"""The requests of ris_node's services and action, filled in with what can be sent."""
from __future__ import annotations

from operator import index

from builtin_interfaces.msg import Time
from sensor_msgs.msg import RegionOfInterest

from ris_ros.action import Ground as GroundAction
from ris_ros.errors import CommandError
from ris_ros.srv import Ground

# A pixel (u, v), or a box (x, y, width, height).
Region = tuple[int, int] | tuple[int, int, int, int]


def sendable(text: str) -> str:
    """Return a text that arrives as it was sent.

    Raises:
        CommandError: It holds a NUL, at which DDS ends a text, or half a surrogate pair, which has
            no place in UTF-8.
    """
    if '\0' in text:
        raise CommandError(f'The text {text!r} holds the character NUL, which cannot be sent; '
                           'leave it out.')
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CommandError(f'The text {text!r} holds half a surrogate pair at character '
                           f'{error.start + 1}, which cannot be sent; leave it out.') from error
    return text


def filled(request: Ground.Request | GroundAction.Goal, text: str, command_id: str,
            omit_masks: bool, region: Region | None, region_stamp: Time | None
            ) -> Ground.Request | GroundAction.Goal:
    """Fill in a request or a goal and return it; the arguments are those of `ground`."""
    request.text, request.command_id = sendable(text), sendable(command_id)
    request.omit_masks = omit_masks
    if region is not None:
        request.has_region = True
        request.region = _to_message(region)
        request.region_stamp = region_stamp or Time()
    return request


def _to_message(region: Region) -> RegionOfInterest:
    """Return a region as a message; CommandError where it is none."""
    try:
        numbers = [index(number) for number in region]
    except TypeError:
        numbers = []
    if len(numbers) not in (2, 4) or not all(0 <= number < 2**32 for number in numbers):
        raise CommandError(f'The region {region!r} is none; expected a pixel (u, v) or a box '
                           '(x, y, width, height), whole numbers from 0 on.')
    x, y, width, height = (*numbers, 1, 1)[:4]
    return RegionOfInterest(x_offset=x, y_offset=y, width=width, height=height)
