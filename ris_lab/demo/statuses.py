"""The statuses that no command alone brings about: without an image, a transform, depth ..."""
from __future__ import annotations

from pathlib import Path

from ris_lab.demo.client import View
from ris_lab.demo.report import Outcome
from ris_lab.demo.run import DemoRun
from ris_lab.processes import running
from ris_ros.status import Status

# Nobody publishes a transform to it.
_NOWHERE = 'nowhere'


def ask_without_image(run: DemoRun) -> None:
    """Command a node that has seen no image yet: NO_IMAGE."""
    run.say({'kind': 'status', 'text': 'the mug', 'target': None, 'status': 'NO_IMAGE'}, None, '-')


def ask_without_transform(run: DemoRun, entry: dict, view: View, world: str) -> None:
    """Want the pose in a frame that TF does not know: NO_TF."""
    run.client.set_parameter('ris_node', 'target_frame', _NOWHERE)
    run.say({**entry, 'kind': 'status', 'status': 'NO_TF'}, view, world)
    run.client.set_parameter('ris_node', 'target_frame', '')


def lose_what_is_held(run: DemoRun, entry: dict, view: View, other: Path) -> None:
    """Have an object held and then show another world: LOST."""
    client = run.client
    client.set_parameter('ris_node', 'mode', 'track')
    answer, latency = client.ask(entry['text'], view)
    client.show_world(str(other))
    status = client.await_target(answer.command_id, Status.LOST)
    client.set_parameter('ris_node', 'mode', 'answer')
    run.note(Outcome(other.stem, 'status', f'{entry["text"]}, held', 'LOST', status.name, None,
                     None, latency), None)


def ask_after_the_last_image(run: DemoRun, entry: dict, world: str) -> None:
    """Command a node whose camera has ended: STALE_IMAGE, once the last image is old."""
    answer, latency = run.client.ask_until(entry['text'], Status.STALE_IMAGE)
    run.note(Outcome(world, 'status', entry['text'], 'STALE_IMAGE', Status(answer.status).name,
                     None, None, latency), None)


def ask_without_depth(run: DemoRun, entry: dict, world: Path) -> None:
    """Start a camera that sends no depth: the object is found, NO_DEPTH of its place."""
    with running('ris_sim.node.camera', run.out, '-r', 'depth:=no_depth', world=str(world)):
        view = run.client.show_world(str(world))
        run.say({**entry, 'kind': 'status', 'status': 'NO_DEPTH'}, view, world.stem)
