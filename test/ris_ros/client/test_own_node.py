# SPDX-License-Identifier: Apache-2.0
"""A node in a context of its own."""
from ris_ros.client.own_node import own_node


def test_a_node_of_its_own_has_a_name_of_its_own_and_leaves_the_graph(domain):
    with own_node(domain, '', ()) as one, own_node(domain, '', ()) as other:
        assert one.get_name() != other.get_name()
        context = one.context
        assert context.ok()
        assert context is not other.context
    assert not context.ok()
