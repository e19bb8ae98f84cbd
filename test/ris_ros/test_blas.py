"""OpenBLAS's setting, in a process of its own."""
import json
import os
import subprocess
import sys

import pytest

PROBE = """
import json, sys
import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_info
from ris_ros.blas import use_one_blas_thread
if sys.argv[1] == 'one':
    use_one_blas_thread()
counts = [one['num_threads'] for one in threadpool_info() if one['internal_api'] == 'openblas']
print(json.dumps(counts))
"""


def probe(setting):
    environment = {name: value for name, value in os.environ.items()
                   if not name.endswith('_NUM_THREADS')}
    out = subprocess.run([sys.executable, '-c', PROBE, setting], check=True, timeout=120,
                         capture_output=True, text=True, env=environment).stdout
    return json.loads(out)


def test_products_take_the_thread_that_calls_them():
    if max(probe('default'), default=1) == 1:
        pytest.skip('NumPy has another BLAS, or there is a single core')
    assert set(probe('one')) == {1}
