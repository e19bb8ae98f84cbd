# SPDX-License-Identifier: Apache-2.0
"""The end of a process whose own end hangs."""
import subprocess
import sys

import pytest

HANGING = """
import threading
from ris_ros.pool_server.leaving import leaving_after
with leaving_after({seconds}, 'Ray does not answer.'):
    threading.Event().wait({hang})
print('ended by itself')
"""


@pytest.mark.parametrize(('seconds', 'hang', 'status', 'output', 'errors'), [
    (0.1, 600.0, 1, '', 'ris pool: Ray does not answer.\n'),
    (600.0, 0.0, 0, 'ended by itself\n', '')])
def test_a_process_whose_end_hangs_is_left_with_a_sentence(seconds, hang, status, output, errors):
    ended = subprocess.run([sys.executable, '-c', HANGING.format(seconds=seconds, hang=hang)],
                           capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (status, output, errors)
