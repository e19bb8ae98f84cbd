"""Commands the node for a benchmark, and keeps how long answers took."""
from __future__ import annotations

from collections.abc import Callable
import json
import time

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
import numpy as np
import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from ris_ros.errors import RisError
from ris_ros.msg import Grounding
from ris_sim.expressions.vocabulary import PREFIXES
from ris_sim.shapes.catalogue import CATEGORIES

_LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_COLOURS = ('red', 'green', 'blue', 'yellow', 'white', 'black', 'brown', 'orange', 'pink', 'gray')
_TAILS = ('', '', '', ' on the left', ' next to the box', ' behind the mug')


class BenchmarkClient(Node):
    """Sends commands and hears answers, diagnostics and the counts of the listener."""

    def __init__(self) -> None:
        super().__init__('ris_benchmark')
        self.health: dict[str, str] = {}
        self.counts: dict[str, list[int]] = {}
        self._answer: Grounding | None = None
        self._command = self.create_publisher(String, 'command', 10)
        self.create_subscription(Grounding, 'ris_node/grounding', self._hear, _LATCHED)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._note_health, 10)
        self.create_subscription(
            String, 'ris_benchmark_listener/counts', self._note_counts, 10)
        self._state = self.create_client(GetState, 'ris_node/get_state')

    def await_start(self, alive: Callable[[], None], seconds: float) -> None:
        """Wait until the node is active, has an index, and both cameras are heard.

        alive: raises once a process has ended.  Raises RisError after too long.
        """
        def is_active() -> bool:
            alive()
            future = self._state.call_async(GetState.Request())
            self.wait(future.done, seconds, "the node's state")
            return future.result().current_state.id == State.PRIMARY_STATE_ACTIVE
        self.wait(lambda: alive() or self._state.service_is_ready(), seconds, 'the node')
        self.wait(is_active, seconds, 'the node to be active')
        self.wait(lambda: self.health.get('index age (s)'), seconds, 'an index')
        self.wait(lambda: len(self.counts) == 2, seconds, 'both cameras')
        self.wait(self._command.get_subscription_count, seconds, 'a listener to commands')

    def await_news(self) -> None:
        """Wait for the next diagnostics and counts: both come once a second."""
        self.health, self.counts = {}, {}
        self.wait(lambda: self.health and self.counts, 60, "the node's and the listener's report")

    def ask(self, text: str) -> tuple[Grounding, float]:
        """Send a command; return its answer and the seconds that it took over DDS."""
        self._answer = None
        start = time.perf_counter()
        self._command.publish(String(data=text))
        self.wait(lambda: self._answer is not None and self._answer.command == text, 60,
                  'an answer')
        return self._answer, time.perf_counter() - start

    def rest(self, until: float) -> None:
        """Listen until a time of time.monotonic()."""
        while (left := until - time.monotonic()) > 0:
            rclpy.spin_once(self, timeout_sec=left)

    def wait(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        """Spin until a condition holds; raise RisError when it takes too long."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise RisError(f'Waited {seconds:.0f} s for {what} in vain.')
            rclpy.spin_once(self, timeout_sec=0.05)

    def _hear(self, answer: Grounding) -> None:
        self._answer = answer

    def _note_health(self, array: DiagnosticArray) -> None:
        for status in array.status:
            self.health = {item.key: item.value for item in status.values}

    def _note_counts(self, message: String) -> None:
        self.counts = json.loads(message.data)


def commands(count: int, seed: int = 0) -> list[str]:
    """Return commands as a person gives them, most of them different ones."""
    rng = np.random.default_rng(seed)
    return [' '.join(filter(None, (
        str(rng.choice(PREFIXES[1:])), str(rng.choice(_COLOURS)), str(rng.choice(CATEGORIES))))
    ) + str(rng.choice(_TAILS)) for _ in range(count)]
