# SPDX-License-Identifier: Apache-2.0
"""The statuses that need more than a command: no image, no transform, no depth and so on."""
from __future__ import annotations

from pathlib import Path

from ris_lab.demo.report import CommandResult
from ris_lab.demo.run import DemoRun
from ris_lab.demo.session import WorldTruth
from ris_ros.status import Status

# Nobody publishes a transform to it.
_NOWHERE = 'nowhere'


def ask_without_image(run: DemoRun) -> None:
    """Command a node that has seen no image yet: NO_IMAGE."""
    entry = {'kind': 'status', 'text': 'the mug', 'target': None, 'status': 'NO_IMAGE'}
    run.command(entry, None, '-')


def ask_without_transform(run: DemoRun, entry: dict, truth: WorldTruth, world: str) -> None:
    """Ask for the pose in a frame that TF does not know: NO_TF."""
    run.session.set_parameter('ris_node', 'target_frame', _NOWHERE)
    run.command({**entry, 'kind': 'status', 'status': 'NO_TF'}, truth, world)
    run.session.set_parameter('ris_node', 'target_frame', '')


def lose_the_tracked_object(run: DemoRun, entry: dict, truth: WorldTruth, other: Path) -> None:
    """Have an object tracked and then show another world: LOST."""
    session = run.session
    session.set_parameter('ris_node', 'mode', 'track')
    answer, latency = session.ask(entry['text'], truth)
    session.show_world(str(other))
    status = session.await_target(answer.command_id, Status.LOST)
    session.set_parameter('ris_node', 'mode', 'answer')
    run.results.append(CommandResult(
        other.stem, 'status', f'{entry["text"]}, held', 'LOST', status.name, None, None, latency))


def ask_after_the_last_image(run: DemoRun, entry: dict, world: str) -> None:
    """Command a node whose camera has ended until its last image is too old: STALE_IMAGE."""
    answer, latency = run.session.ask_until(entry['text'], Status.STALE_IMAGE)
    run.results.append(CommandResult(
        world, 'status', entry['text'], 'STALE_IMAGE', Status(answer.status).name, None, None,
        latency))


def ask_without_depth(run: DemoRun, entry: dict, world: Path) -> None:
    """Start a camera that sends no depth, so that the object gets no position: NO_DEPTH."""
    with run.session.camera(world, run.out, '-r', 'depth:=no_depth'):
        truth = run.session.show_world(str(world))
        run.command({**entry, 'kind': 'status', 'status': 'NO_DEPTH'}, truth, world.stem)
