# SPDX-License-Identifier: Apache-2.0
"""What a running node tells about itself, and what its process takes, over time."""
from __future__ import annotations

from functools import partial
import json
import time

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import String

from ris_lab.benchmark.node_report import PictureCounts, ProcessSample
from ris_lab.processes import NodeProcess
from ris_ros.client import GroundingClient

_SAMPLE_SECONDS = 1.0
_NEWS_SECONDS = 60
_CAMERAS = {'listener, 640 x 480': 'image', 'listener, 1920 x 1080': 'large/image'}


class NodeMonitor:
    """Keeps the node's last diagnostics and the listener's last counts.

    Attributes:
        health: Values of the last diagnostics by their key.
        counts: Pictures sent and received by topic.
    """

    def __init__(self, client: GroundingClient) -> None:
        self.health: dict[str, str] = {}
        self.counts: dict[str, list[int]] = {}
        self._client = client
        client.node.create_subscription(DiagnosticArray, '/diagnostics', self._keep_health, 10)
        client.node.create_subscription(
            String, 'ris_benchmark_listener/counts', self._keep_counts, 10)

    def await_index(self, process: NodeProcess, timeout: float) -> None:
        """Wait until the node has an index and both cameras are heard.

        Raises:
            RisError: The node ends, or it takes too long.
        """
        def is_ready() -> bool:
            process.check()
            return bool(self.health.get('index age (s)')) and len(self.counts) == len(_CAMERAS)
        self._client.wait(is_ready, timeout, 'an index and both cameras')

    def await_news(self) -> None:
        """Wait for the next diagnostics and counts: both come once a second."""
        self.health, self.counts = {}, {}
        self._client.wait(lambda: self.health and self.counts, _NEWS_SECONDS,
                          "the node's and the listener's report")

    def frames(self) -> int:
        """Return how many pictures the node has received."""
        return int(self.health['frames received'])

    def _keep_health(self, array: DiagnosticArray) -> None:
        for status in array.status:
            self.health = {item.key: item.value for item in status.values}

    def _keep_counts(self, message: String) -> None:
        self.counts = json.loads(message.data)


class ProcessWatch:
    """Takes a sample of the node's process once a second.

    Attributes:
        samples: Those taken so far.
    """

    def __init__(self, monitor: NodeMonitor, process: NodeProcess) -> None:
        self._monitor, self._process = monitor, process
        monitor.await_news()
        self._begin = time.monotonic()
        self._first_counts, self._first_frames = dict(monitor.counts), monitor.frames()
        self.samples = [ProcessSample(0.0, process.resident_memory(), process.cpu_seconds())]

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begin

    def look(self) -> None:
        """Take a sample if a second has passed."""
        if self.seconds >= self.samples[-1].at + _SAMPLE_SECONDS:
            self.take_sample()

    def take_sample(self) -> float:
        """Take a sample; return its time in seconds since the beginning."""
        self.samples.append(ProcessSample(
            self.seconds, self._process.resident_memory(), self._process.cpu_seconds()))
        return self.samples[-1].at

    def counts(self) -> dict[str, PictureCounts]:
        """Return pictures sent and received since the beginning, by who received them."""
        self._monitor.await_news()
        heard = {name: PictureCounts(*map(partial(self._since, topic), (0, 1)))
                 for name, topic in _CAMERAS.items()}
        sent = heard['listener, 640 x 480'].sent
        frames = self._monitor.frames() - self._first_frames
        return {'node, 640 x 480': PictureCounts(sent, frames), **heard}

    def _since(self, topic: str, which: int) -> int:
        """Return the growth of a topic's count, 0 for sent and 1 for received."""
        return self._monitor.counts[topic][which] - self._first_counts[topic][which]
