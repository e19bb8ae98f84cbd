# SPDX-License-Identifier: Apache-2.0
"""Nodes that the client is tried on, and a small one that answers it at once."""
import threading

from answering_node import AnsweringNode
import pytest
import rclpy


@pytest.fixture
def own_node(domain):
    """Return a node of the test's, which nobody spins yet."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node('my_robot', context=context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture
def spun(own_node):
    """Return a function that spins the node by an executor in another thread."""
    executors = []

    def spin(kind):
        executor = kind(context=own_node.context)
        executor.add_node(own_node)
        thread = threading.Thread(target=executor.spin_until_future_complete, args=(enough,))
        thread.start()
        executors.append((executor, thread))
        return own_node
    enough = rclpy.task.Future()
    yield spin
    enough.set_result(None)
    for executor, thread in executors:
        thread.join()
        executor.shutdown()


@pytest.fixture
def answering(domain):
    """Run a small node that answers in place of ris_node, under the name that is told."""
    nodes = []

    def start(name):
        nodes.append(AnsweringNode(domain, name))
        return nodes[-1]
    yield start
    for node in nodes:
        node.close()
