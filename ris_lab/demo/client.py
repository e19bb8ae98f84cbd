"""The demo's side of DDS: it commands the node and hears the camera's truth."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import json
import time

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
import numpy as np
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import String

from ris_ros.errors import RisError
from ris_ros.msg import Grounding, Target
from ris_ros.status import Status

START_SECONDS = 120  # a node is up in seconds, unless the machine is busy with other work
ANSWER_SECONDS = 60
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@dataclass(frozen=True, eq=False)
class View:
    """What is to be seen of a world from a time on.

    stamp: of the first image, nanoseconds.  things: the objects of the truth (see
    camera_messages.truth_json).  labels: (H, W) uint8.
    """

    stamp: int
    things: list[dict]
    labels: np.ndarray


class DemoClient(Node):
    """Sends commands one after the other, and keeps what comes back."""

    def __init__(self) -> None:
        super().__init__('ris_demo')
        self._command = self.create_publisher(String, 'command', 10)
        self._truth: dict = {}
        self._labels: Image | None = None
        self._answers: list[Grounding] = []
        self._overlays: dict[int, Image] = {}
        self._target: Target | None = None
        self.create_subscription(String, 'truth/objects', self._keep_truth, LATCHED)
        self.create_subscription(Image, 'truth/labels', self._keep_labels, LATCHED)
        self.create_subscription(Grounding, 'ris_node/grounding', self._answers.append, LATCHED)
        self.create_subscription(Image, 'ris_node/overlay', self._keep_overlay, 10)
        self.create_subscription(Target, 'ris_node/target', self._keep_target, 10)
        self._state = self.create_client(GetState, 'ris_node/get_state')
        self._setters = {node: self.create_client(SetParameters, f'{node}/set_parameters')
                         for node in ('ris_camera', 'ris_node')}

    def await_active(self, alive: Callable[[], None]) -> None:
        """Wait until the node answers and listens; ``alive`` raises if its process has ended."""
        self._wait(lambda: alive() or self._state.service_is_ready(), START_SECONDS,
                   'the node to appear')
        deadline = time.monotonic() + START_SECONDS
        state = None
        while state != State.PRIMARY_STATE_ACTIVE:
            alive()
            if time.monotonic() > deadline:
                raise RisError('The node does not become active.')
            future = self._state.call_async(GetState.Request())
            self._wait(future.done, START_SECONDS, "the node's state")
            state = future.result().current_state.id
        self._wait(lambda: self._command.get_subscription_count() and self.count_publishers(
            'ris_node/overlay'), 30, 'the node to listen')

    def set_parameter(self, node: str, name: str, value: object) -> None:
        """Set a parameter of 'ris_camera' or 'ris_node'; raise RisError where it is refused."""
        setter = self._setters[node]
        self._wait(setter.service_is_ready, START_SECONDS, f'{node} to appear')
        future = setter.call_async(SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()]))
        self._wait(future.done, 60, f'{node} to take {name}')
        result = future.result().results[0]
        if not result.successful:
            raise RisError(f'{node} refused {name} {value!r}: {result.reason}')

    def show_world(self, path: str) -> View:
        """Put a world before the camera and return what is to be seen of it."""
        self._truth, self._labels = {}, None
        self.set_parameter('ris_camera', 'world', path)
        self._wait(lambda: self._truth.get('world') == path and self._labels is not None
                   and _nanoseconds(self._labels) == _nanoseconds(self._truth), 30, 'the truth')
        labels = np.frombuffer(self._labels.data, np.uint8)
        return View(_nanoseconds(self._truth), self._truth['objects'],
                    labels.reshape(self._labels.height, self._labels.width))

    def ask(self, text: str, view: View | None) -> tuple[Grounding, float]:
        """Send a command; return its answer and the seconds it took.

        Just after a change of worlds the node may still hold a frame of the old one, so an answer
        from before the view is asked for again, for a while.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            self._answers.clear()
            start = time.perf_counter()
            self._command.publish(String(data=text))
            self._wait(lambda: any(a.command == text for a in self._answers), ANSWER_SECONDS,
                       'an answer')
            seconds = time.perf_counter() - start
            answer = next(a for a in self._answers if a.command == text)
            stamp = _nanoseconds(answer)
            # What needs no image, as 'stop', is answered without a stamp.
            needless = not stamp and answer.status not in (
                Grounding.NO_IMAGE, Grounding.STALE_IMAGE)
            if view is None or needless or stamp >= view.stamp:
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
        """Return what is said of the held object of a command once that is a status, or at last."""
        deadline = time.monotonic() + ANSWER_SECONDS

        def told() -> Target | None:
            return self._target if self._target is not None and (
                self._target.command_id == command_id) else None
        while (told() is None or told().status != status) and time.monotonic() < deadline:
            rclpy.spin_once(self, timeout_sec=0.05)
        return Status.UNKNOWN if told() is None else Status(told().status)

    def overlay(self, answer: Grounding) -> np.ndarray | None:
        """Return the (H, W, 3) RGB picture that the node published with an answer.

        None for an answer without an image.
        """
        if not (stamp := _nanoseconds(answer)):
            return None
        self._wait(lambda: stamp in self._overlays, 10, 'the overlay')
        message = self._overlays.pop(stamp)
        pixels = np.frombuffer(message.data, np.uint8)
        return pixels.reshape(message.height, message.width, 3).copy()

    def _keep_truth(self, message: String) -> None:
        self._truth = json.loads(message.data)

    def _keep_labels(self, message: Image) -> None:
        self._labels = message

    def _keep_target(self, message: Target) -> None:
        self._target = message

    def _keep_overlay(self, message: Image) -> None:
        self._overlays[_nanoseconds(message)] = message

    def _wait(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        """Spin until a condition holds; raise RisError when it takes too long."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise RisError(f'Waited {seconds:.0f} s for {what} in vain.')
            rclpy.spin_once(self, timeout_sec=0.05)


def _nanoseconds(stamped: dict | Image | Grounding) -> int:
    """Return the stamp of a message, or of the truth, in nanoseconds."""
    if isinstance(stamped, dict):
        return stamped['stamp']['sec'] * 10**9 + stamped['stamp']['nanosec']
    return stamped.header.stamp.sec * 10**9 + stamped.header.stamp.nanosec
