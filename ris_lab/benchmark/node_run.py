# SPDX-License-Identifier: Apache-2.0
"""How fast the node answers over DDS while two cameras run, and its use of the machine.

A camera of 640 x 480 pixels with depth sends 30 pictures a second, another of 1920 x 1080 sends
10, both to a listener that counts them, the first also to the node. Each is a process of its own.
"""
from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
import json
import os
from pathlib import Path
import sys
import time

import numpy as np
from tqdm import tqdm

from ris_lab.benchmark.node_report import AnswerSample, NodeReport
from ris_lab.benchmark.node_watch import NodeMonitor, ProcessWatch
from ris_lab.benchmark.plot import draw_node_report
from ris_lab.processes import NodeProcess, isolate_ros, running
from ris_ros.client import GroundingClient
from ris_ros.errors import RisError
from ris_ros.image_files import write_image
from ris_ros.status import Status
from ris_sim.expressions.vocabulary import PREFIXES
from ris_sim.shapes.catalogue import CATEGORIES

_START_SECONDS = 300
_ANSWER_SECONDS = 60
# The first commands load models and caches.
_WARM_UP = 5
_COLOURS = ('red', 'green', 'blue', 'yellow', 'white', 'black', 'brown', 'orange', 'pink', 'gray')
_TAILS = ('', '', '', ' on the left', ' next to the box', ' behind the mug')


@dataclass(frozen=True)
class NodeWorkload:
    """What the node has to do in a benchmark.

    Attributes:
        profile: Profile of the node.
        policy: Its parameter index_policy.
        kind: Kind of the stream in front of the small camera (``ris_sim.motions.KINDS``).
        commands: Number of commands.
        interval: Seconds from one command to the next, at least.
        camera_seconds: How long the cameras run on after the commands.
        device: Of the node's models.
    """

    profile: str = 'embedded'
    policy: str = 'on_change'
    kind: str = 'still'
    commands: int = 200
    interval: float = 0.1
    camera_seconds: float = 10.0
    device: str = 'cpu'


def bench_node(out: Path, workload: NodeWorkload) -> NodeReport:
    """Run the benchmark and write node.json and node.png.

    Args:
        out: Folder for these and for the logs.
        workload: What the node has to do.

    Raises:
        RisError: A process does not start, or the node does not answer.
    """
    isolate_ros()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with GroundingClient() as client, ExitStack() as stack:
            node = stack.enter_context(running(
                'ris_ros.node.ris_node', out, profile=workload.profile,
                index_policy=workload.policy, device=workload.device))
            monitor = NodeMonitor(client)
            # Pictures that come while the models load only take the time of the processor.
            node.wait_until_active(client, _START_SECONDS)
            for module, folder, parameters in (
                    ('node_camera', 'camera', {'kind': workload.kind}),
                    # Nobody looks at its pictures.
                    ('node_camera', 'large_camera', {
                        'width': 1920, 'height': 1080, 'rate': 10.0, 'depth': False,
                        'prefix': 'large/', 'pictures': 2}),
                    ('node_listener', 'listener', {})):
                stack.enter_context(
                    running(f'ris_lab.benchmark.{module}', out / folder, **parameters))
            monitor.await_index(node, _START_SECONDS)
            report = _measure(client, monitor, node, workload)
    except RisError as error:
        raise RisError(f'{error} See the logs in {out}.') from error
    (out / 'node.json').write_text(json.dumps(report.as_dict(), indent=1) + '\n')
    write_image(out / 'node.png', draw_node_report(report))
    return report


def command_texts(count: int, seed: int = 0) -> list[str]:
    """Return commands as a person gives them, most of them different ones."""
    rng = np.random.default_rng(seed)
    return [' '.join(filter(None, (
        str(rng.choice(PREFIXES[1:])), str(rng.choice(_COLOURS)), str(rng.choice(CATEGORIES))))
    ) + str(rng.choice(_TAILS)) for _ in range(count)]


def _measure(client: GroundingClient, monitor: NodeMonitor, node: NodeProcess,
             workload: NodeWorkload) -> NodeReport:
    """Send the commands, then let the cameras run alone."""
    texts = command_texts(_WARM_UP + workload.commands)
    for text in texts[:_WARM_UP]:
        client.ground_on_topic(text, _ANSWER_SECONDS)
    watch = ProcessWatch(monitor, node)
    answers = []
    for text in tqdm(texts[_WARM_UP:], unit='command', file=sys.stderr):
        due = time.monotonic() + workload.interval
        node.check()
        answers.append(_ask(client, watch, text))
        watch.look()
        client.spin_for(due - time.monotonic())
    commands_end, load = watch.take_sample(), os.getloadavg()[0]
    _run_cameras(client, node, watch, workload.camera_seconds)
    return NodeReport(tuple(answers), tuple(watch.samples), commands_end, watch.counts(),
                      dict(monitor.health), load)


def _ask(client: GroundingClient, watch: ProcessWatch, text: str) -> AnswerSample:
    """Send a command and time its answer."""
    start = time.perf_counter()
    answer = client.ground_on_topic(text, _ANSWER_SECONDS)
    seconds = time.perf_counter() - start
    return AnswerSample(watch.seconds, seconds, answer.index_age, Status(answer.status).name,
                        answer.reused)


def _run_cameras(client: GroundingClient, node: NodeProcess, watch: ProcessWatch,
                 seconds: float) -> None:
    """Let the cameras run alone for some seconds."""
    begin = watch.seconds
    with tqdm(total=round(seconds), unit='s', file=sys.stderr) as bar:
        while watch.seconds < begin + seconds:
            node.check()
            client.spin_for(min(1.0, seconds))
            watch.look()
            bar.update(min(bar.total, round(watch.seconds - begin)) - bar.n)
