#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Record the inputs of ris_node and play them back, on a machine without ros2 bag.

python3 examples/bag.py record demo_bag                until Ctrl-C
python3 examples/bag.py play demo_bag                  the node with use_sim_time: true

Bags have ROS 2's own format (mcap). Where ros2 bag is installed, it does the same:
ros2 bag record -s mcap -o demo_bag -t /image /depth /camera_info /command
ros2 bag play demo_bag --clock
"""
import argparse
from importlib import import_module
import json
from pathlib import Path
import sys
import time

from builtin_interfaces.msg import Time
from common import PATIENCE_S, catch_signals, run
import rclpy
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from rosbags.rosbag2 import Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from rosgraph_msgs.msg import Clock

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

TOPICS = ('image', 'depth', 'camera_info', 'command')
TICK_NS = 10_000_000
# A message that is sent just before Ctrl-C may be on its way for this long.
ON_THE_WAY_S = 0.5
# Every image must get through, so none is thrown away while another one is on its way.
PLAYED = QoSProfile(depth=10)


def message_class(name: str) -> type:
    """Return the class of a type such as sensor_msgs/msg/Image."""
    package, _, kind = name.split('/')
    return getattr(import_module(f'{package}.msg'), kind)


def types_of(client: GroundingClient, topics: list[str]) -> dict[str, str]:
    """Return the type of each topic; wait until all are there."""
    found = {}

    def known() -> bool:
        found.update((name, kinds[0]) for name, kinds in client.node.get_topic_names_and_types())
        return set(topics) <= set(found)

    client.wait(known, PATIENCE_S, f'all of {", ".join(topics)}')
    return {topic: found[topic] for topic in topics}


def record(client: GroundingClient, path: Path, topics: list[str]) -> None:
    """Record topics until Ctrl-C."""
    node = client.node
    if path.exists():
        raise RisError(f'{path} is there already; a bag is never overwritten.')
    types = types_of(client, [node.resolve_topic_name(topic) for topic in topics])
    signals = catch_signals()
    counts = dict.fromkeys(types, 0)
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for topic, kind in types.items():
            connection = writer.add_connection(
                topic, kind, typestore=get_typestore(Stores.ROS2_JAZZY))

            def keep(data: bytes, topic: str = topic, connection: object = connection) -> None:
                if not counts[topic]:
                    print(f'{topic} is in the bag.', file=sys.stderr, flush=True)
                counts[topic] += 1
                writer.write(connection, node.get_clock().now().nanoseconds, data)
            node.create_subscription(
                message_class(kind), topic, keep, raw=True,
                qos_profile=(qos_profile_sensor_data if kind.startswith('sensor_msgs')
                             else PLAYED))
        while not signals:
            client.spin_for(.1)
        client.spin_for(ON_THE_WAY_S)
    print(json.dumps(counts))


def play(client: GroundingClient, path: Path, rate: float, delay: float) -> None:
    """Publish a bag's messages at their times, and the time on /clock.

    Args:
        client: Of the player's node.
        path: Folder of the bag.
        rate: How many times faster than it was recorded.
        delay: Seconds to wait once all topics have a listener. Messages that are sent right then
            without a delivery guarantee would be lost.
    """
    node = client.node
    if not (path / 'metadata.yaml').is_file():
        raise RisError(f'{path} is not a bag: it has no metadata.yaml.')
    clock = node.create_publisher(Clock, '/clock', 10)
    with Reader(path) as reader:
        publishers = {c.topic: node.create_publisher(message_class(c.msgtype), c.topic, PLAYED)
                      for c in reader.connections}
        for topic, publisher in publishers.items():
            client.wait(publisher.get_subscription_count, PATIENCE_S, f'a listener to {topic}')
        time.sleep(delay)
        begin, now = time.monotonic(), reader.start_time
        for connection, stamp, data in reader.messages():
            while now < stamp:
                now = min(now + TICK_NS, stamp)
                due = begin + (now - reader.start_time) / 1e9 / rate
                time.sleep(max(due - time.monotonic(), 0))
                clock.publish(Clock(clock=Time(sec=now // 10**9, nanosec=now % 10**9)))
            publishers[connection.topic].publish(bytes(data))
    for topic, publisher in publishers.items():
        if not publisher.wait_for_all_acked(rclpy.duration.Duration(seconds=PATIENCE_S)):
            raise RisError(f'Not all of {topic} has arrived.')


def arguments() -> argparse.Namespace:
    """Read the command line without the arguments for ROS."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = parser.add_subparsers(dest='action', required=True)
    recorder = actions.add_parser('record', help='write a bag')
    recorder.add_argument('bag', type=Path, help='folder to make')
    recorder.add_argument('--topics', nargs='+', default=list(TOPICS),
                          help='[%(default)s]')
    player = actions.add_parser('play', help='publish a bag and its time')
    player.add_argument('bag', type=Path, help='folder of the bag')
    player.add_argument('--rate', type=float, default=1.0, help='how fast [%(default)s]')
    player.add_argument('--delay', type=float, default=1.0,
                        help='seconds to wait once all topics are listened to [%(default)s]')
    return parser.parse_args(rclpy.utilities.remove_ros_args(sys.argv)[1:])


def main() -> int:
    """Record or play."""
    args = arguments()

    def work(client: GroundingClient) -> None:
        if args.action == 'record':
            record(client, args.bag, args.topics)
        else:
            play(client, args.bag, args.rate, args.delay)
    return run(f'ris_bag_{args.action}', work)


if __name__ == '__main__':
    sys.exit(main())
