# SPDX-License-Identifier: Apache-2.0
"""Zero-shot referring image segmentation for robots: words and a camera to one object.

``Pipeline``, ``Frame``, ``CameraModel`` and ``draw_overlay`` are the stable entry points.  They
are loaded on first use, so that ``import ris_ros.msg`` does not pay for torch.
"""
from importlib import import_module
import os
from pkgutil import extend_path

# rosidl generates ris_ros.msg, .srv and .action into an installed folder of the same name.
__path__ = extend_path(__path__, __name__)
__version__ = '0.2.0'
__all__ = ['CameraModel', 'Frame', 'Pipeline', 'draw_overlay']

# OpenCV asks when it is loaded.  By default it decodes eight times as many, and a damaged header,
# in a message or a file, makes it take gigabytes.
os.environ.setdefault('OPENCV_IO_MAX_IMAGE_PIXELS', str(2 ** 27))

# The OpenMP of torch reads this when it is loaded. By default its threads spin while they wait for
# the next small piece of work, which doubles the CPU time of a second thread.
os.environ.setdefault('OMP_WAIT_POLICY', 'passive')

_HOMES = {
    'CameraModel': 'ris_ros.frame',
    'Frame': 'ris_ros.frame',
    'Pipeline': 'ris_ros.pipeline',
    'draw_overlay': 'ris_ros.overlay',
}


def __getattr__(name: str):
    """Import a public name when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
