# SPDX-License-Identifier: Apache-2.0
"""Start ris_node from an install folder, and require that this very install answers a command."""
import os
from pathlib import Path
import signal
import subprocess
import sys

from ris_lab.processes import child_environment
import ris_ros
from ris_ros.client import GroundingClient
from ris_ros.msg import Grounding


def main() -> None:
    """Ask for a mug where there is no camera, and expect NO_IMAGE."""
    install = Path(sys.argv[1]).resolve()
    assert Path(ris_ros.__file__).is_relative_to(install), ris_ros.__file__
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    process = subprocess.Popen([install / 'lib/ris_ros/ris_node'], env=child_environment())
    try:
        with GroundingClient() as client:
            client.wait_until_active(60)
            answer = client.ground('the red mug', 60)
            assert answer.status == Grounding.NO_IMAGE, f'the answer was {answer.message!r}'
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    print(f'The node installed under {install.name} answers: {answer.message}')


if __name__ == '__main__':
    main()
