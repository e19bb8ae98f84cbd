"""Start ris_node from an install folder, and require that this very install answers a command."""
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import rclpy

from ris_lab.processes import child_environment
import ris_ros
from ris_ros.srv import Ground


def main() -> None:
    """Ask for a mug where there is no camera, and expect NO_IMAGE."""
    install = Path(sys.argv[1]).resolve()
    assert Path(ris_ros.__file__).is_relative_to(install), ris_ros.__file__
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    process = subprocess.Popen([install / 'lib/ris_ros/ris_node'], env=child_environment())
    rclpy.init()
    client = rclpy.create_node('ask_installed_node')
    try:
        ground = client.create_client(Ground, 'ris_node/ground')
        assert ground.wait_for_service(60), 'the node did not appear'
        deadline = time.monotonic() + 60
        status = None
        while status != 'NO_IMAGE':
            assert process.poll() is None, 'the node has ended'
            assert time.monotonic() < deadline, f'the last answer was {status}'
            future = ground.call_async(Ground.Request(text='the red mug'))
            rclpy.spin_until_future_complete(client, future, timeout_sec=60)
            grounding = future.result().grounding
            status = 'NO_IMAGE' if grounding.status == grounding.NO_IMAGE else grounding.message
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        client.destroy_node()
        rclpy.try_shutdown()
    print(f'The node installed under {install.name} answers: {grounding.message}')


if __name__ == '__main__':
    main()
