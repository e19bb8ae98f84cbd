# SPDX-License-Identifier: Apache-2.0
"""What the SROS2 policy allows a node, and what the node has in the graph."""
from xml.etree import ElementTree

import rclpy

from ris_ros.node.detections import Detection2DArray
from ris_ros.policy import make_policy

PATIENCE_S = 60
# What an action is made of, as sros2 translates it.
ACTION_SERVICES = ('cancel_goal', 'get_result', 'send_goal')
ACTION_TOPICS = ('feedback', 'status')


def full(name, node, namespace):
    """Return the full name of a name in a policy."""
    place = namespace.rstrip('/')
    if name.startswith('~'):
        return f'{place}/{node}{name[1:]}'
    return name if name.startswith('/') else f'{place}/{name}'


def allowed(node, namespace, **choices):
    """Return what the policy allows a node: publishers, subscribers, services and clients."""
    policy = ElementTree.fromstring(make_policy((node,), namespace, **choices))
    found = {kind: set() for kind in ('publisher', 'subscriber', 'service', 'client')}
    for rules in policy.find('.//profile'):
        names = {full(item.text, node, namespace) for item in rules}
        (rule, _), = rules.items()
        if rules.tag == 'actions':
            services = {f'{name}/_action/{part}' for name in names for part in ACTION_SERVICES}
            topics = {f'{name}/_action/{part}' for name in names for part in ACTION_TOPICS}
            executes = rule == 'execute'
            found['service' if executes else 'client'] |= services
            found['publisher' if executes else 'subscriber'] |= topics
        else:
            found[{'publish': 'publisher', 'subscribe': 'subscriber', 'reply': 'service',
                   'request': 'client'}[rule]] |= names
    if Detection2DArray is None:  # a topic only where vision_msgs is installed
        found['publisher'].discard(full('~/detections', 'ris_node', namespace))
    return found


def used(graph, node, namespace):
    """Return what a node has in the graph."""
    found = {}
    for kind in ('publisher', 'subscriber', 'service', 'client'):
        ask = getattr(graph.node, f'get_{kind}_names_and_types_by_node')
        try:
            found[kind] = {name for name, _ in ask(node, namespace)}
        except rclpy.node.NodeNameNonExistentError:
            found[kind] = set()
    return found


def check(graph, node, namespace='/', simulated_time=True, **choices):
    """Wait until a node has what it is allowed, and require that it has nothing else.

    simulated_time: whether it was started with use_sim_time.
    """
    wanted = allowed(node, namespace, **choices)
    if not simulated_time:
        wanted['subscriber'].discard('/clock')
    graph.grounding.wait(lambda: all(wanted[kind] <= names
                                     for kind, names in used(graph, node, namespace).items()),
                         PATIENCE_S, f'{node} with {wanted}; it has {used(graph, node, namespace)}')
    assert used(graph, node, namespace) == wanted
