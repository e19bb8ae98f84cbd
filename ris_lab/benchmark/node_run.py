"""How fast the node answers over DDS while two cameras run, and what it takes of the machine.

    python -m ris_lab.benchmark.node_run --commands 2000 --camera-seconds 600

A camera of 640 x 480 pixels with depth sends 30 pictures a second, another of 1920 x 1080 sends
10, both to a listener that counts them, the first also to the node. Each is a process of its own.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
import json
import os
from pathlib import Path
import sys
import time

import rclpy
from tqdm import tqdm

from ris_lab.benchmark.node_client import BenchmarkClient, commands
from ris_lab.benchmark.node_report import Answered, Counts, Moment, NodeReport, draw, table
from ris_lab.processes import cpu_seconds, resident_memory, running
from ris_ros.errors import RisError
from ris_ros.image_files import write_image
from ris_ros.status import Status

_START_SECONDS = 300
_SAMPLE_SECONDS = 1.0
# The first commands load what is loaded once.
_WARM_UP = 5


def main(words: Sequence[str] | None = None) -> int:
    """Run the benchmark from the command line."""
    args = _arguments(words)
    try:
        print(bench(args.out, count=args.commands, camera_seconds=args.camera_seconds,
                    as_json=args.json, interval=args.interval, kind=args.kind,
                    policy=args.policy, profile=args.profile))
    except RisError as error:
        print(f'benchmark: {error}', file=sys.stderr)
        return 1
    return 0


def bench(out: Path, *, count: int, camera_seconds: float, as_json: bool,
          interval: float = 0.1, kind: str = 'still', policy: str = 'on_change',
          profile: str = 'embedded') -> str:
    """Run the benchmark, write node.json and node.png, and return a table or JSON.

    The arguments are those of `run`.  Raises RisError where something does not start or answer.
    """
    # A domain of its own, so that no robot in the same network hears the commands.
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    out.mkdir(parents=True, exist_ok=True)
    try:
        report = run(out, profile, policy, kind, count, interval, camera_seconds)
    except RisError as error:
        raise RisError(f'{error} See the logs in {out}.') from error
    (out / 'node.json').write_text(json.dumps(report.as_dict(), indent=1) + '\n')
    write_image(out / 'node.png', draw(report))
    return json.dumps(report.as_dict()) if as_json else table(report)


def run(out: Path, profile: str, policy: str, kind: str, count: int, interval: float,
        camera_seconds: float) -> NodeReport:
    """Start everything, send the commands, then let the cameras run alone, and report.

    out: folder for the logs.  policy: the parameter index_policy.  kind: of the stream before
    the small camera (motions.KINDS).  count: of commands.  interval: seconds from one to the
    next, at least.  Raises RisError where something does not start or answer.
    """
    rclpy.init()
    client = BenchmarkClient()
    try:
        with ExitStack() as stack:
            def start(module: str, log: str = '',
                      **parameters: object) -> tuple[int, Callable[[], None]]:
                process, alive = stack.enter_context(
                    running(module, out / (log or module.rpartition('.')[2]), **parameters))
                return process.pid, alive
            pid, alive = start('ris_ros.node.ris_node', profile=profile, index_policy=policy)
            start('ris_lab.benchmark.node_camera', kind=kind)
            start('ris_lab.benchmark.node_camera', log='large_camera', width=1920, height=1080,
                  rate=10.0, depth=False, prefix='large/', pictures=2)  # nobody looks at them
            start('ris_lab.benchmark.node_listener')
            client.await_start(alive, _START_SECONDS)
            return _measure(client, pid, alive, count, interval, camera_seconds)
    finally:
        client.destroy_node()
        rclpy.try_shutdown()


def _measure(client: BenchmarkClient, pid: int, alive: Callable[[], None], count: int,
             interval: float, camera_seconds: float) -> NodeReport:
    """Send the commands and watch the node."""
    texts = commands(_WARM_UP + count)
    for text in texts[:_WARM_UP]:
        client.ask(text)
    watch = _Watch(client, pid)
    answered = []
    for text in tqdm(texts[_WARM_UP:], unit='command', file=sys.stderr):
        due = time.monotonic() + interval
        alive()
        answer, seconds = client.ask(text)
        answered.append(Answered(
            watch.seconds, seconds, answer.index_age, Status(answer.status).name, answer.reused))
        watch.look()
        client.rest(due)
    commands_end, load = watch.note(), os.getloadavg()[0]
    with tqdm(total=round(camera_seconds), unit='s', file=sys.stderr) as bar:
        while watch.seconds < commands_end + camera_seconds:
            alive()
            client.rest(time.monotonic() + min(_SAMPLE_SECONDS, camera_seconds))
            watch.look()
            bar.update(min(bar.total, round(watch.seconds - commands_end)) - bar.n)
    return NodeReport(tuple(answered), tuple(watch.moments), commands_end, watch.counts(),
                      dict(client.health), load)


class _Watch:
    """Looks at the node's process once a second."""

    def __init__(self, client: BenchmarkClient, pid: int) -> None:
        self._client = client
        self._pid = pid
        client.await_news()
        self._begin = time.monotonic()
        self._first = dict(client.counts), self._frames()
        self.moments = [Moment(0.0, resident_memory(pid), cpu_seconds(pid))]

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begin

    def look(self) -> None:
        """Take note of memory and CPU time, if a second has passed."""
        if self.seconds >= self.moments[-1].seconds + _SAMPLE_SECONDS:
            self.note()

    def note(self) -> float:
        """Take note of memory and CPU time; return the seconds since the beginning."""
        self.moments.append(
            Moment(self.seconds, resident_memory(self._pid), cpu_seconds(self._pid)))
        return self.moments[-1].seconds

    def counts(self) -> dict[str, Counts]:
        """Return pictures sent and received since the beginning, by who received them."""
        counts, frames = self._first
        self._client.await_news()
        found = {
            name: Counts(*(now - then for now, then in zip(
                self._client.counts[topic], counts[topic], strict=True)))
            for name, topic in (('listener, 640 x 480', 'image'),
                                ('listener, 1920 x 1080', 'large/image'))}
        return {'node, 640 x 480': Counts(
            found['listener, 640 x 480'].sent, self._frames() - frames), **found}

    def _frames(self) -> int:
        return int(self._client.health['frames received'])


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--commands', type=int, default=200, help='how many [%(default)s]')
    parser.add_argument('--interval', type=float, default=0.1,
                        help='seconds from one command to the next, at least [%(default)s]')
    parser.add_argument('--camera-seconds', type=float, default=10.0,
                        help='how long the cameras run on without commands [%(default)s]')
    parser.add_argument('--kind', default='still',
                        help='what the small camera sees: still, other_moves, panning, '
                             'light_change, ... [%(default)s]')
    parser.add_argument('--policy', default='on_change', help='index_policy [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='profile [%(default)s]')
    parser.add_argument('--json', action='store_true', help='print JSON in place of a table')
    parser.add_argument('--out', type=Path, default=Path('bench_output'),
                        help='folder for node.json, node.png and logs [%(default)s]')
    return parser.parse_args(words)


if __name__ == '__main__':
    sys.exit(main())
