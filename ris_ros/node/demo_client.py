"""The demo's side of DDS: it commands the node and hears the camera's truth."""
from __future__ import annotations

from collections.abc import Callable
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
from ris_ros.msg import Grounding

START_SECONDS = 120  # a node is up in seconds, unless the machine is busy with other work
ANSWER_SECONDS = 60
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class DemoClient(Node):
    """Sends commands one after the other, and keeps what comes back."""

    def __init__(self) -> None:
        super().__init__('ris_demo')
        self._command = self.create_publisher(String, 'command', 10)
        self._truth: dict = {}
        self._labels: Image | None = None
        self._answers: list[Grounding] = []
        self._overlays: dict[int, Image] = {}
        self.create_subscription(String, 'truth/objects', self._keep_truth, LATCHED)
        self.create_subscription(Image, 'truth/labels', self._keep_labels, LATCHED)
        self.create_subscription(Grounding, 'ris_node/grounding', self._answers.append, LATCHED)
        self.create_subscription(Image, 'ris_node/overlay', self._keep_overlay, 10)
        self._state = self.create_client(GetState, 'ris_node/get_state')
        self._camera = self.create_client(SetParameters, 'ris_camera/set_parameters')

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

    def show_world(self, path: str) -> tuple[dict, np.ndarray]:
        """Put a world before the camera; return its truth and its (H, W) label image."""
        self._wait(self._camera.service_is_ready, 30, 'the camera to appear')
        request = SetParameters.Request(
            parameters=[Parameter('world', value=path).to_parameter_msg()])
        future = self._camera.call_async(request)
        self._wait(future.done, 60, 'the camera to render')
        result = future.result().results[0]
        if not result.successful:
            raise RisError(f'The camera refused {path}: {result.reason}')
        self._wait(lambda: self._truth.get('world') == path and self._labels is not None
                   and _nanoseconds(self._labels) == _nanoseconds(self._truth), 30, 'the truth')
        labels = np.frombuffer(self._labels.data, np.uint8)
        return self._truth, labels.reshape(self._labels.height, self._labels.width)

    def ask(self, text: str) -> tuple[Grounding, float]:
        """Send a command; return its answer and the seconds it took.

        Just after a change of worlds the node may still hold a frame of the old one, so an answer
        from before the change is asked for again, for a while.
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
            if _nanoseconds(answer) >= _nanoseconds(self._truth):
                return answer, seconds
            if time.monotonic() > deadline:
                raise RisError(f'The node does not see the world: {answer.message}')

    def overlay(self, answer: Grounding) -> np.ndarray:
        """Return the (H, W, 3) RGB picture that the node published with an answer."""
        stamp = _nanoseconds(answer)
        self._wait(lambda: stamp in self._overlays, 10, 'the overlay')
        message = self._overlays.pop(stamp)
        pixels = np.frombuffer(message.data, np.uint8)
        return pixels.reshape(message.height, message.width, 3).copy()

    def _keep_truth(self, message: String) -> None:
        self._truth = json.loads(message.data)

    def _keep_labels(self, message: Image) -> None:
        self._labels = message

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
