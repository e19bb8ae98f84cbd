"""The demo: start the node and the simulated camera, command it over DDS, and judge it."""
from __future__ import annotations

import argparse
import os
from pathlib import Path
import sys
import time

import rclpy
from tqdm import tqdm
import yaml

from ris_ros.errors import RisError
from ris_ros.node.demo_client import DemoClient
from ris_ros.node.demo_costs import Costs, measure_costs, peak_memory
from ris_ros.node.demo_report import Outcome, summary, table
from ris_ros.node.demo_run import DemoRun
from ris_ros.node.demo_statuses import (
    ask_after_the_last_image,
    ask_without_depth,
    ask_without_image,
    ask_without_transform,
    lose_what_is_held,
)
from ris_ros.node.processes import running

Plan = dict[Path, list[dict]]


def main() -> int:
    """Run the demo; exit status 0 when every command was answered, right or wrong."""
    args = _arguments()
    plan = _read_plan(args.worlds)
    # A domain of its own, so that no robot in the same network hears the demo.
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    args.out.mkdir(parents=True, exist_ok=True)
    for earlier in args.out.glob('*_*.png'):
        earlier.unlink()
    rclpy.init()
    client = DemoClient()
    try:
        with running('ris_node', args.out, profile=args.profile) as (node, alive):
            start = time.monotonic()
            client.await_active(alive)
            ready = time.monotonic() - start
            run = DemoRun(client, args.out)
            _show(run, plan)
            memory = peak_memory(node.pid)
        costs = measure_costs(args.profile, next(iter(plan)))
    except RisError as error:
        print(f'demo: {error} See the logs in {args.out}.', file=sys.stderr)
        return 1
    finally:
        client.destroy_node()
        rclpy.try_shutdown()
    _print(run.outcomes, ready, memory, costs, args.out)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--worlds', type=Path, default=Path('worlds'),
                        help='folder of SDF worlds with their commands [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='profile [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('demo_output'),
                        help='folder for pictures and logs [%(default)s]')
    return parser.parse_args()


def _read_plan(worlds: Path) -> Plan:
    """Return the commands for each world file (see DemoRun.say)."""
    plans = [yaml.safe_load((worlds / name).read_text())
             for name in ('commands.yaml', 'relations.yaml')]
    return {worlds / f'{name}.sdf': world['commands']
            for plan in plans for name, world in plan.items()}


def _show(run: DemoRun, plan: Plan) -> None:
    """Send every command in front of its world, and bring about the other statuses."""
    first, last = next(iter(plan)), next(reversed(plan))
    known = plan[first][0]
    ask_without_image(run)
    with running('simulated_camera', run.out, world=str(first)):
        with tqdm(total=sum(map(len, plan.values())), unit='command') as progress:
            for world, entries in plan.items():
                view = run.client.show_world(str(world))
                for entry in entries:
                    run.say(entry, view, world.stem)
                    progress.update()
        held = plan[last][0]
        ask_without_transform(run, held, view, last.stem)
        lose_what_is_held(run, held, view, first)
    ask_after_the_last_image(run, known, first.stem)
    ask_without_depth(run, known, first)
    run.write_sheets()


def _print(outcomes: list[Outcome], ready: float, memory: float, costs: Costs,
           out: Path) -> None:
    """Print the table, what it cost, and the line that scripts read."""
    latencies = sorted(item.latency for item in outcomes)
    print(table(outcomes))
    print(f'node ready after {ready:.1f} s (at most 15), peak memory {memory:.2f} GB (at most 1.5)')
    print(f'index of a 640x480 frame {costs.index:.2f} s CPU (at most 3), command on an indexed '
          f'frame {1000 * costs.command:.0f} ms CPU (at most 100)')
    print(f'command to answer over DDS, index included: median '
          f'{latencies[len(latencies) // 2]:.2f} s, slowest {latencies[-1]:.2f} s')
    print(f'pictures of all answers: {out / "sheet.png"}, of each world {out}/sheet_*.jpg, of each '
          f'answer {out}/*_*.png')
    print(summary(outcomes))


if __name__ == '__main__':
    sys.exit(main())
