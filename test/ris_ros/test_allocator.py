"""The allocator's setting, in a process of its own: fresh pages are not needed again and again."""
import subprocess
import sys

import pytest

from ris_ros.allocator import keep_freed_memory

PROBE = """
import resource, sys, threading
import numpy as np
from ris_ros.allocator import keep_freed_memory
if sys.argv[1] == 'keep':
    assert keep_freed_memory()
def work():
    for _ in range(20):
        np.ones(40 << 20, np.uint8)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(40 << 20, np.uint8)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def page_faults(setting):
    return int(subprocess.run([sys.executable, '-c', PROBE, setting], check=True, timeout=120,
                              capture_output=True, text=True).stdout)


def test_freed_memory_is_used_again_in_threads_too():
    if not sys.platform.startswith('linux'):
        pytest.skip('a setting of glibc')
    assert page_faults('keep') < 100  # huge pages of 2 MB make it 400 otherwise
    assert page_faults('default') > 300


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr('platform.libc_ver', lambda: ('', ''))
    assert not keep_freed_memory()
