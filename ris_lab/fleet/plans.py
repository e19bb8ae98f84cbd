# SPDX-License-Identifier: Apache-2.0
"""Plans for 1,000 robots, from what one profile costs here."""
from __future__ import annotations

from collections.abc import Sequence

from ris_lab.fleet.cost_model import FleetPlan
from ris_lab.fleet.measures import IndexCost, WindowBytes
from ris_lab.fleet.wire import many_masks, reply_bytes
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.pool.pictures import ColourFormat

_ROBOTS, _RATE_HZ = 1000, 2.0
# Of a camera that stands still, this share of the frames shows something new.
_CHANGED = 0.5
# The profile robot: seconds of a GPU for a frame that docs/performance.md wants and nobody has
# measured, the most masks of a frame, and the length of a feature of ViT-B/16.
_GPU_S, _MASKS, _FEATURE = 0.12, 100, 512


def plan_fleets(profile: str, pipeline: Pipeline, streams: Sequence[Sequence[Frame]],
                costs: Sequence[IndexCost], windows: Sequence[WindowBytes]) -> list[FleetPlan]:
    """Plan pools for 1,000 robots that look twice a second.

    Args:
        profile: Name of the profile that was measured.
        pipeline: Its models.
        streams: Where masks are taken from.
        costs: Of the profile.
        windows: Likewise.

    Returns:
        The measured profile and `robot`, with cameras that stand still and that move.  A camera
        that stands still sends a window of a tenth of the picture, a moving one all of it.
    """
    costs_of = {cost.frame: cost for cost in costs if cost.colour == ColourFormat.JPEG.value}
    window = next(each for each in windows if each.colour == ColourFormat.JPEG.value)
    sent = {'still': window.mean - window.reply, 'moving': costs_of['whole'].sent}
    seconds = {'still': costs_of['changed'].pool, 'moving': costs_of['whole'].pool}
    reply = reply_bytes(many_masks(pipeline, streams, _MASKS), _FEATURE)
    plans = []
    for camera, changed in (('still', _CHANGED), ('moving', 1.0)):
        plans.append(FleetPlan(f'`{profile}`, measured; the camera is {camera}', _ROBOTS, _RATE_HZ,
                               changed, sent[camera], window.reply, seconds[camera]))
    for camera, changed in (('still', _CHANGED), ('moving', 1.0)):
        plans.append(FleetPlan(f'`robot`, {_GPU_S:g} s of a GPU (wanted, **not measured**); '
                               f'the camera is {camera}', _ROBOTS, _RATE_HZ, changed, sent[camera],
                               reply, _GPU_S))
    return plans
