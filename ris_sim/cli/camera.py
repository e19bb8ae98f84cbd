# SPDX-License-Identifier: Apache-2.0
"""``ris_camera``: the node of the simulated camera, or a sentence on what it needs."""
from __future__ import annotations

import sys

from ris_ros.node.entry import end_on_signals


def main() -> int:
    """Run the simulated camera's node until it is interrupted; status 2 where a package misses."""
    end_on_signals()
    try:
        from ris_sim.node.camera import main as run_camera
    except ModuleNotFoundError as error:
        if error.name.partition('.')[0] in ('ris_ros', 'ris_sim', 'rclpy'):
            raise
        print(f'ris_camera: It needs the package {error.name}, which is not installed; run '
              "pip install -r requirements/sim.txt in ris_ros's folder.", file=sys.stderr)
        return 2
    return run_camera()
