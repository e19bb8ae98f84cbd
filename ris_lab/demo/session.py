# SPDX-License-Identifier: Apache-2.0
"""The demo's place in the ROS graph: it commands the node and hears the simulator's truth."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import time

import numpy as np
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import String

from ris_lab.processes import NodeProcess, running
from ris_ros.client import GroundingClient, NodeNotFoundError, WaitTimeoutError
from ris_ros.errors import RisError
from ris_ros.msg import Grounding, Target
from ris_ros.status import Status

START_SECONDS = 120  # a node is up in seconds, unless the machine is busy with other work
# The camera renders before it answers, which takes minutes on a cold and busy machine.
CAMERA_SECONDS = 300
ANSWER_SECONDS = 60
_USUAL_SECONDS = 20
_LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@dataclass(frozen=True, eq=False)
class WorldTruth:
    """The truth about a world that the camera sees.

    Attributes:
        stamp: Of the first image of this world, nanoseconds.
        objects: Its objects (see ``ris_sim.node.camera_messages.truth_json``).
        labels: (H, W) uint8, at each pixel the label of its object, 0 for the background.
    """

    stamp: int
    objects: list[dict]
    labels: np.ndarray

    def named(self, names: tuple[str, ...]) -> list[dict]:
        """Return the objects of these names."""
        return [thing for thing in self.objects if thing['name'] in names]

    def mask(self, names: tuple[str, ...]) -> np.ndarray:
        """Return (H, W) bool, where objects of these names are seen."""
        return np.isin(self.labels, [thing['label'] for thing in self.named(names)])


class DemoSession:
    """Sends commands one after the other, and keeps the answers' pictures."""

    def __init__(self) -> None:
        self.client = GroundingClient()
        self._truth: dict = {}
        self._labels: Image | None = None
        self._overlays: dict[int, Image] = {}
        self._target: Target | None = None
        self.client.on_target(self._keep_target)
        node = self.client.node
        node.create_subscription(String, 'truth/objects', self._keep_truth, _LATCHED)
        node.create_subscription(Image, 'truth/labels', self._keep_labels, _LATCHED)
        node.create_subscription(Image, 'ris_node/overlay', self._keep_overlay, 10)

    def close(self) -> None:
        """Leave the graph."""
        self.client.close()

    def wait_until_active(self, process: NodeProcess) -> None:
        """Wait until the node answers, and until all its topics are known."""
        process.wait_until_active(self.client, START_SECONDS)
        self.client.wait(lambda: self.client.node.count_publishers('ris_node/overlay'), 30,
                         'the overlay')
        # The first command also discovers the topics, which no latency should include.
        self.client.ground_on_topic('the mug', ANSWER_SECONDS)

    @contextmanager
    def camera(self, world: Path, out: Path, *arguments: str) -> Iterator[None]:
        """Run the simulated camera, which shows a world when the context begins.

        Args:
            world: SDF file of the first world.
            out: Folder for the camera's log.
            arguments: For ROS, such as remappings.

        Raises:
            RisError: The camera ends, or something does not come in time while it runs.
        """
        self._truth, self._labels = {}, None  # of an earlier camera
        with running('ris_sim.node.camera', out, *arguments, world=str(world)) as process:
            try:
                self._wait_until_shown(str(world), process)
                yield
            except (NodeNotFoundError, WaitTimeoutError) as error:
                raise RisError(f'{error} The process {process.state()}. On a busy machine, run the '
                               'demo again when there is less to do.') from error

    def _wait_until_shown(self, world: str, process: NodeProcess) -> None:
        """Wait until a camera that has just started shows its world; say so if it takes long."""
        def is_shown() -> bool:
            process.check()
            return self._is_told(world)
        try:
            self.client.wait(is_shown, _USUAL_SECONDS, 'the simulated camera')
        except WaitTimeoutError:
            print(f'Waiting for the first picture of the simulated camera, for up to '
                  f'{CAMERA_SECONDS} s (see {process.log}) ...', flush=True)
            self.client.wait(is_shown, CAMERA_SECONDS,
                             'the first picture of the simulated camera')

    def set_parameter(self, node: str, name: str, value: object) -> None:
        """Set a parameter of 'ris_camera' or 'ris_node'; raise RisError where it is refused."""
        self.client.set_parameter(node, name, value, START_SECONDS)

    def show_world(self, path: str) -> WorldTruth:
        """Put a world before the camera and return the truth about it."""
        self._truth, self._labels = {}, None
        self.set_parameter('ris_camera', 'world', path)
        self.client.wait(lambda: self._is_told(path), 30, 'the truth')
        labels = np.frombuffer(self._labels.data, np.uint8)
        return WorldTruth(_nanoseconds(self._truth), self._truth['objects'],
                          labels.reshape(self._labels.height, self._labels.width))

    def ask(self, text: str, truth: WorldTruth | None) -> tuple[Grounding, float]:
        """Send a command on the topic.

        Args:
            text: The command.
            truth: Of the world that the answer has to be about. Just after a change of worlds the
                node may still hold an image of the last one; it is asked again until it does not.

        Returns:
            The answer, and the seconds that it took.

        Raises:
            RisError: The node does not answer, or not about this world.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            start = time.perf_counter()
            answer = self.client.ground_on_topic(text, ANSWER_SECONDS)
            seconds = time.perf_counter() - start
            if truth is None or _is_about(answer, truth):
                return answer, seconds
            if time.monotonic() > deadline:
                raise RisError(f'The node does not see the world: {answer.message}')

    def ask_until(self, text: str, status: Status) -> tuple[Grounding, float]:
        """Repeat a command until it is answered with a status, for a while; return as ask does."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            answer, seconds = self.ask(text, None)
            if answer.status == status or time.monotonic() > deadline:
                return answer, seconds

    def await_target(self, command_id: str, status: Status) -> Status:
        """Wait for a status of the object that a command has tracked; return its last status."""
        def told() -> Target | None:
            target = self._target
            return target if target is not None and target.command_id == command_id else None

        try:
            self.client.wait(lambda: told() is not None and told().status == status,
                             ANSWER_SECONDS, f'the target to be {status.name}')
        except WaitTimeoutError:
            pass
        return Status.UNKNOWN if told() is None else Status(told().status)

    def overlay(self, answer: Grounding) -> np.ndarray | None:
        """Return the (H, W, 3) RGB picture of an answer; None where it is about no image."""
        if not (stamp := _nanoseconds(answer)):
            return None
        self.client.wait(lambda: stamp in self._overlays, 10, 'the overlay')
        message = self._overlays.pop(stamp)
        pixels = np.frombuffer(message.data, np.uint8)
        return pixels.reshape(message.height, message.width, 3).copy()

    def _is_told(self, path: str) -> bool:
        """Return whether the whole truth about a world has come in."""
        return (self._truth.get('world') == path and self._labels is not None
                and _nanoseconds(self._labels) == _nanoseconds(self._truth))

    def _keep_truth(self, message: String) -> None:
        self._truth = json.loads(message.data)

    def _keep_labels(self, message: Image) -> None:
        self._labels = message

    def _keep_target(self, message: Target) -> None:
        self._target = message

    def _keep_overlay(self, message: Image) -> None:
        self._overlays[_nanoseconds(message)] = message


def _is_about(answer: Grounding, truth: WorldTruth) -> bool:
    """Return whether an answer is about the world in view, or needs no image, as 'stop' does."""
    stamp = _nanoseconds(answer)
    needs_none = not stamp and answer.status not in (Grounding.NO_IMAGE, Grounding.STALE_IMAGE)
    return needs_none or stamp >= truth.stamp


def _nanoseconds(stamped: dict | Image | Grounding) -> int:
    """Return the stamp of a message, or of the truth, in nanoseconds."""
    if isinstance(stamped, dict):
        return stamped['stamp']['sec'] * 10**9 + stamped['stamp']['nanosec']
    return stamped.header.stamp.sec * 10**9 + stamped.header.stamp.nanosec
