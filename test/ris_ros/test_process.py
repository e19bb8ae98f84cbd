# SPDX-License-Identifier: Apache-2.0
"""The settings of a process, each in a process of its own."""
import json
import os
import subprocess
import sys

import pytest

from ris_ros.process import keep_freed_memory

ALLOCATOR_PROBE = """
import resource, sys, threading
import numpy as np
from ris_ros.process import keep_freed_memory
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
    return int(subprocess.run([sys.executable, '-c', ALLOCATOR_PROBE, setting], check=True,
                              timeout=120, capture_output=True, text=True).stdout)


def test_freed_memory_is_used_again_in_threads_too():
    if not sys.platform.startswith('linux'):
        pytest.skip('a setting of glibc')
    assert page_faults('keep') < 100  # huge pages of 2 MB make it 400 otherwise
    assert page_faults('default') > 300


RETURN_PROBE = """
from pathlib import Path
import re
import numpy as np
from ris_ros.process import keep_freed_memory, return_freed_memory
def resident():
    return int(re.search(r'VmRSS:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) >> 10
assert keep_freed_memory()
blocks = [np.ones(10 << 20, np.uint8) for _ in range(20)]
blocks = blocks[-1:]  # it stands above the freed ones
kept = resident()
return_freed_memory()
print(kept - resident())
"""


def test_freed_memory_is_returned_on_request_though_other_memory_stands_above_it():
    if not sys.platform.startswith('linux'):
        pytest.skip('a setting of glibc')
    megabytes = int(subprocess.run([sys.executable, '-c', RETURN_PROBE], check=True,
                                   timeout=120, capture_output=True, text=True).stdout)
    assert megabytes > 150


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr('platform.libc_ver', lambda: ('', ''))
    assert not keep_freed_memory()


BLAS_PROBE = """
import json, sys
import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_info
from ris_ros.process import use_one_blas_thread
if sys.argv[1] == 'one':
    use_one_blas_thread()
counts = [one['num_threads'] for one in threadpool_info() if one['internal_api'] == 'openblas']
print(json.dumps(counts))
"""


def blas_threads(setting):
    environment = {name: value for name, value in os.environ.items()
                   if not name.endswith('_NUM_THREADS')}
    out = subprocess.run([sys.executable, '-c', BLAS_PROBE, setting], check=True, timeout=120,
                         capture_output=True, text=True, env=environment).stdout
    return json.loads(out)


def test_products_take_the_thread_that_calls_them():
    if max(blas_threads('default'), default=1) == 1:
        pytest.skip('NumPy has another BLAS, or there is a single core')
    assert set(blas_threads('one')) == {1}
