"""The demo: start the simulated camera and the node, command it over DDS, and judge it."""
from __future__ import annotations

import argparse
import os
from pathlib import Path
import sys
import time

import cv2
import numpy as np
import rclpy
from tqdm import tqdm
import yaml

from ris_ros.errors import RisError
from ris_ros.grounding.result import Status
from ris_ros.image_files import file_slug, write_image
from ris_ros.msg import Grounding
from ris_ros.node.demo_client import DemoClient
from ris_ros.node.demo_costs import Costs, measure_costs, peak_memory
from ris_ros.node.demo_report import (
    Outcome,
    intersection_over_union,
    summary,
    table,
)
from ris_ros.node.processes import running
from ris_ros.simulation.contact_sheet import contact_sheet

_TILE = (400, 300)


def main() -> int:
    """Run the demo; exit status 0 when every command was answered, right or wrong."""
    args = _arguments()
    plan = _read_plan(args.worlds)
    # A domain of its own, so that no robot in the same network hears the demo.
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    args.out.mkdir(parents=True, exist_ok=True)
    rclpy.init()
    client = DemoClient()
    try:
        first = next(iter(plan))
        with (running('simulated_camera', args.out, world=str(first)),
              running('ris_node', args.out, profile=args.profile) as (node, alive)):
            start = time.monotonic()
            client.await_active(alive)
            ready = time.monotonic() - start
            outcomes = _run_commands(client, plan, args.out)
            memory = peak_memory(node.pid)
        costs = measure_costs(args.profile, first)
    except RisError as error:
        print(f'demo: {error} See the logs in {args.out}.', file=sys.stderr)
        return 1
    finally:
        client.destroy_node()
        rclpy.try_shutdown()
    _print(outcomes, ready, memory, costs, args.out)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--worlds', type=Path, default=Path('worlds'),
                        help='folder of SDF worlds with commands.yaml [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='profile [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('demo_output'),
                        help='folder for pictures and logs [%(default)s]')
    return parser.parse_args()


def _read_plan(worlds: Path) -> dict[Path, list[dict]]:
    """Return the commands for each world file: kind, text and the name of the target."""
    plan = yaml.safe_load((worlds / 'commands.yaml').read_text())
    return {worlds / f'{name}.sdf': world['commands'] for name, world in plan.items()}


def _run_commands(client: DemoClient, plan: dict[Path, list[dict]], out: Path) -> list[Outcome]:
    """Send every command in front of its world, and keep the pictures of the answers."""
    outcomes, tiles = [], []
    with tqdm(total=sum(map(len, plan.values())), unit='command') as progress:
        for world, entries in plan.items():
            for earlier in out.glob(f'{world.stem}_*.png'):
                earlier.unlink()
            truth, labels = client.show_world(str(world))
            for entry in entries:
                answer, latency = client.ask(entry['text'])
                outcome = _judge(world.stem, entry, answer, latency, truth, labels)
                picture = client.overlay(answer)
                verdict = 'right' if outcome.right else 'wrong'
                name = f'{world.stem}_{file_slug(entry["text"])}_{verdict}.png'
                write_image(out / name, picture)
                outcomes.append(outcome)
                tiles.append(cv2.resize(picture, _TILE, interpolation=cv2.INTER_AREA))
                progress.update()
    write_image(out / 'sheet.png', contact_sheet(tiles))
    return outcomes


def _judge(world: str, entry: dict, answer: Grounding, latency: float, truth: dict,
           labels: np.ndarray) -> Outcome:
    """Compare an answer with the truth about its world."""
    iou = distance = None
    if entry['target'] is not None and answer.mask.data:
        target = next(o for o in truth['objects'] if o['name'] == entry['target'])
        mask = np.frombuffer(answer.mask.data, np.uint8).reshape(labels.shape) > 0
        iou = intersection_over_union(mask, labels == target['label'])
        if answer.position_status == Grounding.FOUND:
            point = answer.position.x, answer.position.y, answer.position.z
            distance = float(np.linalg.norm(np.subtract(point, target['surface_centroid'])))
    return Outcome(world, entry['kind'], entry['text'], entry['target'],
                   Status(answer.status).name, iou, distance, latency)


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
    print(f'pictures of all answers: {out / "sheet.png"} and {out}/*.png')
    print(summary(outcomes))


if __name__ == '__main__':
    sys.exit(main())
