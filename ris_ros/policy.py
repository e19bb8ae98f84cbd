# SPDX-License-Identifier: Apache-2.0
"""The SROS2 policy of our nodes: what each may publish, hear, serve and ask, and nothing else.

The tables hold the names that the nodes use in their code. test_policy.py holds them to the graph
of the running nodes.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
import re
from xml.etree import ElementTree

from ris_ros.errors import RisError

# Of the schema policy.xsd in the package sros2.
_VERSION = '0.2.0'
_NAME = re.compile(r'(?:~/|/)?[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*', re.ASCII)
# Rules of the schema: the list's element, its attribute, and the attribute of Permissions.
_RULES = (
    ('actions', 'call', 'calls'), ('actions', 'execute', 'executes'),
    ('services', 'reply', 'serves'), ('services', 'request', 'requests'),
    ('topics', 'publish', 'publishes'), ('topics', 'subscribe', 'subscribes'))
# Of every rclpy node.
_NODE_TOPICS = ('/parameter_events', '/rosout')
_NODE_SERVICES = (
    '~/describe_parameters', '~/get_parameter_types', '~/get_parameters', '~/get_type_description',
    '~/list_parameters', '~/set_parameters', '~/set_parameters_atomically')
_LIFECYCLE_SERVICES = (
    '~/change_state', '~/get_available_states', '~/get_available_transitions', '~/get_state',
    '~/get_transition_graph')


@dataclass(frozen=True)
class Permissions:
    """The names that a node uses, as in its code: 'image', '~/mask', '/tf'.

    Attributes:
        publishes: Topics.
        subscribes: Topics.
        serves: Services.
        requests: Services of other nodes.
        executes: Actions.
        calls: Actions of other nodes.
    """

    publishes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    executes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


PERMISSIONS = {
    'ris_node': Permissions(
        publishes=(*_NODE_TOPICS, '/diagnostics', '~/centroid', '~/cloud', '~/detections',
                   '~/grounding', '~/mask', '~/overlay', '~/pose', '~/scene', '~/target',
                   '~/transition_event', '~/view'),
        # The clock with use_sim_time, TF with target_frame.
        subscribes=('/clock', '/tf', '/tf_static', 'camera_info', 'command', 'command/spoken',
                    'depth', 'image', '~/point'),
        serves=(*_NODE_SERVICES, *_LIFECYCLE_SERVICES, '~/ground', '~/ground_all', '~/let_go'),
        executes=('~/ground',)),
    # A program that commands ris_node with ris_ros.client.GroundingClient.
    'ris_client': Permissions(
        publishes=(*_NODE_TOPICS, 'command'),
        subscribes=('/clock', 'ris_node/grounding', 'ris_node/scene', 'ris_node/target'),
        serves=_NODE_SERVICES,
        requests=('ris_node/get_state', 'ris_node/ground', 'ris_node/ground_all',
                  'ris_node/let_go'),
        calls=('ris_node/ground',)),
    # What a language model asks (ris mcp).
    'ris_mcp': Permissions(
        publishes=(*_NODE_TOPICS, 'command'),
        subscribes=('/clock', 'ris_node/grounding', 'ris_node/view'),
        serves=_NODE_SERVICES,
        requests=('ris_node/get_state', 'ris_node/ground'),
        calls=('ris_node/ground',)),
    # The operator's page (ris console), and its path of STOP.
    'ris_console': Permissions(
        publishes=(*_NODE_TOPICS, 'audio', 'command', 'push_to_talk'),
        subscribes=('/clock', '/diagnostics', 'ris_node/grounding', 'ris_node/mask',
                    'ris_node/scene', 'ris_node/target', 'ris_node/view', 'ris_speech/heard'),
        serves=_NODE_SERVICES,
        requests=('ris_node/get_state', 'ris_node/ground'),
        calls=('ris_node/ground',)),
    'ris_console_stop': Permissions(
        publishes=(*_NODE_TOPICS, 'command'),
        subscribes=('/clock',),
        serves=_NODE_SERVICES,
        requests=('ris_node/get_state', 'ris_node/ground'),
        calls=('ris_node/ground',)),
    'ris_speech': Permissions(
        publishes=(*_NODE_TOPICS, '/diagnostics', '~/heard', 'command', 'command/spoken'),
        subscribes=('/clock', 'audio', 'push_to_talk'),
        serves=_NODE_SERVICES),
    # The simulated camera and its robot.
    'ris_camera': Permissions(
        publishes=(*_NODE_TOPICS, 'camera_info', 'depth', 'gripper/pose', 'image', 'truth/labels',
                   'truth/objects'),
        subscribes=('/clock', 'goal_pose', 'gripper/target'),
        serves=(*_NODE_SERVICES, 'gripper/close', 'gripper/open', 'gripper/raise')),
}


def make_policy(nodes: Sequence[str] = tuple(PERMISSIONS), namespace: str = '/',
                remappings: Mapping[str, str] | None = None, compressed: bool = False) -> str:
    """Write the policy as XML for `ros2 security`, with an enclave for each node.

    Args:
        nodes: Names among PERMISSIONS.
        namespace: Of the nodes, such as '/robot1'.
        remappings: New names of topics, services and actions, by the names of PERMISSIONS.
        compressed: ris_node has image_transport: compressed.

    Raises:
        RisError: A name is none, or no node uses it.
    """
    if namespace != '/' and not (namespace.startswith('/') and _NAME.fullmatch(namespace)):
        raise RisError(f'The namespace {namespace!r} is none; expected one such as /robot1.')
    remapped = _all_remappings(nodes, remappings or {}, compressed)
    policy = ElementTree.Element('policy', version=_VERSION)
    policy.append(ElementTree.Comment(
        ' Written by `ris policy`, which also writes it for other topics; docs/security.md. '))
    enclaves = ElementTree.SubElement(policy, 'enclaves')
    for node in nodes:
        path = f'{namespace.rstrip("/")}/{node}'
        profiles = ElementTree.SubElement(
            ElementTree.SubElement(enclaves, 'enclave', path=path), 'profiles')
        profile = ElementTree.SubElement(profiles, 'profile', node=node, ns=namespace)
        for kind, rule, attribute in _RULES:
            names = sorted({remapped.get(name, name)
                            for name in getattr(PERMISSIONS[node], attribute)})
            if names:
                rules = ElementTree.SubElement(profile, kind, {rule: 'ALLOW'})
                for name in names:
                    ElementTree.SubElement(rules, kind.removesuffix('s')).text = name
    ElementTree.indent(policy)
    text = ElementTree.tostring(policy, encoding='unicode')
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _all_remappings(nodes: Sequence[str], remappings: Mapping[str, str],
                    compressed: bool) -> dict[str, str]:
    """Return the remappings, checked, with that of the compressed image."""
    known = {name for node in nodes for field in fields(Permissions)
             for name in getattr(PERMISSIONS[node], field.name)}
    for old, new in remappings.items():
        if old not in known:
            raise RisError(f'No node of {", ".join(nodes)} uses the name {old!r}; expected one of '
                           f'{", ".join(sorted(known))}.')
        if not _NAME.fullmatch(new):
            raise RisError(f'{new!r} is no name of a topic, service or action; expected one such '
                           'as /camera/image.')
    remapped = dict(remappings)
    if 'command' in remapped:
        remapped.setdefault('command/spoken', f'{remapped["command"]}/spoken')
    if compressed:
        remapped['image'] = f'{remapped.get("image", "image")}/compressed'
    return remapped
