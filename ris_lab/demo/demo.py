# SPDX-License-Identifier: Apache-2.0
"""The demo: start the node and the simulated camera, command it over DDS, and judge it."""
from __future__ import annotations

from pathlib import Path
import sys
import time

from tqdm import tqdm
import yaml

from ris_lab.demo.costs import Costs, measure_costs
from ris_lab.demo.pictures import write_sheets
from ris_lab.demo.report import CommandResult, summary, table, wrong_ones
from ris_lab.demo.run import DemoRun
from ris_lab.demo.session import DemoSession, WorldTruth
from ris_lab.demo.statuses import (
    ask_after_the_last_image,
    ask_without_depth,
    ask_without_image,
    ask_without_transform,
    lose_the_tracked_object,
)
from ris_lab.processes import isolate_ros, running
from ris_ros.errors import RisError

Plan = dict[Path, list[dict]]
# Of relations.yaml; what was ambiguous is then told apart.
QUICK_KINDS = ('left_of', 'between', 'ambiguous', 'dialogue', 'plural', 'absent')


def show_demo(worlds: Path, profile: str, out: Path, quick: bool = False) -> None:
    """Run the demo and print how every command was answered, right or wrong.

    Args:
        worlds: Folder of SDF worlds with their commands.
        profile: Name or path of the node's profile.
        out: Folder for pictures and logs.
        quick: Send six commands in front of one world.

    Raises:
        RisError: A node does not start or ends.
    """
    plan = read_quick_plan(worlds) if quick else _read_plan(worlds)
    isolate_ros()
    out.mkdir(parents=True, exist_ok=True)
    if pictures := [*out.glob('*_*.png'), *out.glob('sheet*')]:
        print(f'The {len(pictures)} pictures of an earlier demo in {out} are deleted.', flush=True)
        for earlier in pictures:
            earlier.unlink()
    session = DemoSession()
    try:
        with running('ris_ros.node.ris_node', out, profile=profile) as node:
            start = time.monotonic()
            session.wait_until_active(node)
            ready = time.monotonic() - start
            run = DemoRun(session, out)
            print(f'The node is ready after {ready:.1f} s. It is commanded now ...', flush=True)
            if quick:
                _show_worlds(run, plan)
            else:
                _show(run, plan)
            memory = node.peak_memory() / 1000
        costs = measure_costs(profile, next(iter(plan)))
    except RisError as error:
        raise RisError(f'{error} See the logs in {out}.') from error
    finally:
        session.close()
    write_sheets(run.tiles, out)
    _print(run.results, ready, memory, costs, out)


def _read_plan(worlds: Path, *names: str) -> Plan:
    """Return the commands of some files, or of all, for each world file (see DemoRun.command)."""
    plans = [yaml.safe_load((worlds / name).read_text())
             for name in names or ('commands.yaml', 'relations.yaml')]
    return {worlds / f'{name}.sdf': world['commands']
            for plan in plans for name, world in plan.items()}


def read_quick_plan(worlds: Path) -> Plan:
    """Return six commands of six kinds for the world with the relations."""
    (world, entries), = _read_plan(worlds, 'relations.yaml').items()
    return {world: [next(entry for entry in entries if entry['kind'] == kind)
                    for kind in QUICK_KINDS]}


def _show_worlds(run: DemoRun, plan: Plan) -> None:
    """Send every command in front of its world."""
    with run.session.camera(next(iter(plan)), run.out):
        _command(run, plan)


def _command(run: DemoRun, plan: Plan) -> WorldTruth:
    """Send every command to the running camera and node; return the truth about the last world."""
    with tqdm(total=sum(map(len, plan.values())), unit='command') as progress:
        for world, entries in plan.items():
            truth = run.session.show_world(str(world))
            for entry in entries:
                run.command(entry, truth, world.stem)
                progress.update()
    return truth


def _show(run: DemoRun, plan: Plan) -> None:
    """Send every command in front of its world, and provoke the other statuses."""
    first, last = next(iter(plan)), next(reversed(plan))
    known = plan[first][0]
    ask_without_image(run)
    with run.session.camera(first, run.out):
        truth = _command(run, plan)
        print('Five more commands: without an image, a transform and depth, and for an object that '
              'goes out of sight ...', flush=True)
        held = plan[last][0]
        ask_without_transform(run, held, truth, last.stem)
        lose_the_tracked_object(run, held, truth, first)
    ask_after_the_last_image(run, known, first.stem)
    ask_without_depth(run, known, first)


def _print(results: list[CommandResult], ready: float, memory: float, costs: Costs,
           out: Path) -> None:
    """Print the table, what it cost, and the line that scripts read."""
    latencies = sorted(item.latency for item in results)
    print(table(results))
    print(f'node ready after {ready:.1f} s (at most 15), peak memory {memory:.2f} GB (at most 1.5)')
    print(f'index of a 640x480 frame {costs.index:.2f} s CPU (at most 3), command on an indexed '
          f'frame {1000 * costs.command:.0f} ms CPU (at most 100)')
    print(f'command to answer over DDS, index included: median '
          f'{latencies[len(latencies) // 2]:.2f} s, slowest {latencies[-1]:.2f} s')
    print(f'pictures: six answers in {out / "sheet.png"}, all of each world in {out}/sheet_*.jpg, '
          f'each by itself in {out}/*_*.png; in *_wrong.png, what was meant has a magenta outline')
    for line in wrong_ones(results):
        print(line)
    print(summary(results))
    print(f'Next, a picture of your own: {sys.argv[0]} ground picture.png "the red mug" '
          '--profile home')
