"""Room for images in the middleware, before a node joins it."""
import os
from pathlib import Path

_FASTDDS_PROFILE = Path(__file__).with_name('fastdds_images.xml')


def make_room_for_images() -> None:
    """Let Fast DDS carry images without loss, unless the user brings a profile of their own.

    Its default segment is smaller than one image: best-effort images get lost, and reliable ones
    wait seconds for the next heartbeat.
    """
    # Jazzy's Fast DDS knows the old name only, and later ones warn of it.
    product = 'FASTRTPS' if os.environ.get('ROS_DISTRO') == 'jazzy' else 'FASTDDS'
    os.environ.setdefault(f'{product}_DEFAULT_PROFILES_FILE', str(_FASTDDS_PROFILE))
