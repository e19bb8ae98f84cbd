# SPDX-License-Identifier: Apache-2.0
"""Starts a node, or takes a running one, and floods it."""
from __future__ import annotations

from contextlib import ExitStack
import json
from pathlib import Path

from ris_lab.fuzz.flood import Flood, FloodPlan
from ris_lab.fuzz.flood_report import FloodReport
from ris_lab.processes import isolate_ros, running
from ris_ros.client import GroundingClient
from ris_ros.node.spinning import make_room_for_images

_START_SECONDS = 300


def fuzz_node(out: Path, plan: FloodPlan, node: str = '', profile: str = 'embedded') -> FloodReport:
    """Flood a node with messages and write fuzz.json.

    Args:
        out: Folder for this and for the node's log.
        plan: What to send.
        node: Name of a running node, such as '/left/ris_node'; '' starts one.
        profile: Of the node that is started.

    Raises:
        RisError: The node is not there, or it does not become active.
    """
    make_room_for_images()
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        process = None
        if not node:
            isolate_ros()
            process = stack.enter_context(
                running('ris_ros.node.ris_node', out, profile=profile))
        client = stack.enter_context(GroundingClient(ris_node=node or 'ris_node'))
        if process is None:
            client.wait_until_active(_START_SECONDS)
        else:
            process.wait_until_active(client, _START_SECONDS)
        report = Flood(client, node or 'ris_node', plan, process).run()
    (out / 'fuzz.json').write_text(json.dumps(report.as_dict(), indent=1) + '\n')
    return report
