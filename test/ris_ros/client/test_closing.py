# SPDX-License-Identifier: Apache-2.0
"""How the public client leaves the graph."""
import concurrent.futures

import pytest

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

TIMEOUT = 60


def test_a_callback_may_close_a_client_that_spins_its_own_node(answering, domain):
    answering('ris_node')
    closed = concurrent.futures.Future()
    client = GroundingClient(domain_id=domain)
    client.wait_until_active(TIMEOUT)

    def close(_):
        client.close()
        closed.set_result('in the callback')
    client.ground_async('the mug').add_done_callback(close)
    with pytest.raises(RisError, match=r'The client was closed while it waited for rain\.'):
        client.wait(lambda: False, TIMEOUT, 'rain')
    assert closed.result(TIMEOUT) == 'in the callback'
    client.close()  # waits until the thread has ended
    assert not client.node.context.ok()
