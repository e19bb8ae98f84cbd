"""The demo: start the node and the simulated camera, command it over DDS, and judge it."""
from __future__ import annotations

import os
from pathlib import Path
import time

import rclpy
from tqdm import tqdm
import yaml

from ris_lab.demo.client import DemoClient
from ris_lab.demo.costs import Costs, measure_costs, peak_memory
from ris_lab.demo.report import Outcome, summary, table
from ris_lab.demo.run import DemoRun
from ris_lab.demo.statuses import (
    ask_after_the_last_image,
    ask_without_depth,
    ask_without_image,
    ask_without_transform,
    lose_what_is_held,
)
from ris_lab.processes import running
from ris_ros.errors import RisError

Plan = dict[Path, list[dict]]


def show_demo(worlds: Path, profile: str, out: Path) -> None:
    """Run the demo and print how every command was answered, right or wrong.

    Args:
        worlds: Folder of SDF worlds with their commands.
        profile: Name or path of the node's profile.
        out: Folder for pictures and logs.

    Raises:
        RisError: A node does not start or ends.
    """
    plan = _read_plan(worlds)
    # A domain of its own, so that no robot in the same network hears the demo.
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    out.mkdir(parents=True, exist_ok=True)
    for earlier in out.glob('*_*.png'):
        earlier.unlink()
    rclpy.init()
    client = DemoClient()
    try:
        with running('ris_ros.node.ris_node', out, profile=profile) as (node, alive):
            start = time.monotonic()
            client.await_active(alive)
            ready = time.monotonic() - start
            run = DemoRun(client, out)
            _show(run, plan)
            memory = peak_memory(node.pid)
        costs = measure_costs(profile, next(iter(plan)))
    except RisError as error:
        raise RisError(f'{error} See the logs in {out}.') from error
    finally:
        client.destroy_node()
        rclpy.try_shutdown()
    _print(run.outcomes, ready, memory, costs, out)


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
    with running('ris_sim.node.camera', run.out, world=str(first)):
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
