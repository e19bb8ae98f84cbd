#!/usr/bin/env python3
"""Record what ris_node is given, and play it to the node again, on a machine without ros2 bag.

python3 examples/bag.py record demo_bag                until Ctrl-C
python3 examples/bag.py play demo_bag                  the node with use_sim_time: true

Bags are of ROS 2's own format (mcap), so where ros2 bag is installed, it does the same:
ros2 bag record -s mcap -o demo_bag -t /image /depth /camera_info /command
ros2 bag play demo_bag --clock
"""
import argparse
from importlib import import_module
import json
from pathlib import Path
import signal
import sys
import time

from asking import PATIENCE_S, Failure, run, wait
from builtin_interfaces.msg import Time
import rclpy
from rclpy.node import Node
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from rosbags.rosbag2 import Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from rosgraph_msgs.msg import Clock

TOPICS = ('image', 'depth', 'camera_info', 'command')
TICK_NS = 10_000_000
# What is sent just before Ctrl-C is on its way for so long.
ON_THE_WAY_S = 0.5
# Image after image must get through, so none is thrown away while another one is on its way.
PLAYED = QoSProfile(depth=10)


def message_class(name: str) -> type:
    """Return the class of a type such as sensor_msgs/msg/Image."""
    package, _, kind = name.split('/')
    return getattr(import_module(f'{package}.msg'), kind)


def types_of(node: Node, topics: list[str]) -> dict[str, str]:
    """Return the type of each topic; wait until all are there."""
    found = {}

    def known() -> bool:
        found.update((name, kinds[0]) for name, kinds in node.get_topic_names_and_types())
        return set(topics) <= set(found)

    wait(node, known, f'all of {", ".join(topics)}')
    return {topic: found[topic] for topic in topics}


def record(node: Node, path: Path, topics: list[str]) -> None:
    """Record topics until Ctrl-C."""
    if path.exists():
        raise Failure(f'{path} is there already; a bag is not written over.')
    types = types_of(node, [node.resolve_topic_name(topic) for topic in topics])
    told = told_to_end()
    counts = dict.fromkeys(types, 0)
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for topic, kind in types.items():
            connection = writer.add_connection(
                topic, kind, typestore=get_typestore(Stores.ROS2_JAZZY))

            def keep(data: bytes, topic: str = topic, connection: object = connection) -> None:
                counts[topic] += 1
                writer.write(connection, node.get_clock().now().nanoseconds, data)
            node.create_subscription(
                message_class(kind), topic, keep, raw=True,
                qos_profile=(qos_profile_sensor_data if kind.startswith('sensor_msgs')
                             else PLAYED))
        while not told:
            rclpy.spin_once(node, timeout_sec=.1)
        end = time.monotonic() + ON_THE_WAY_S
        while time.monotonic() < end:
            rclpy.spin_once(node, timeout_sec=.1)
    print(json.dumps(counts))


def told_to_end() -> list[int]:
    """Return a list to which from now on each Ctrl-C is added.

    rclpy's own handlers would end its context, and with it what is still on its way.
    """
    told = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: told.append(number))
    return told


def play(node: Node, path: Path, rate: float, delay: float) -> None:
    """Publish a bag's messages at their times, and the time on /clock.

    Begins some seconds (``delay``) after all topics have found a listener: what is sent without
    delivery guarantee right then would be lost.
    """
    if not (path / 'metadata.yaml').is_file():
        raise Failure(f'{path} is not a bag: it has no metadata.yaml.')
    clock = node.create_publisher(Clock, '/clock', 10)
    with Reader(path) as reader:
        publishers = {c.topic: node.create_publisher(message_class(c.msgtype), c.topic, PLAYED)
                      for c in reader.connections}
        for topic, publisher in publishers.items():
            wait(node, publisher.get_subscription_count, f'somebody who listens to {topic}')
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
            raise Failure(f'Not all of {topic} has arrived.')


def arguments() -> argparse.Namespace:
    """Read the command line; what ROS wants of it is left alone."""
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

    def work(node: Node) -> None:
        if args.action == 'record':
            record(node, args.bag, args.topics)
        else:
            play(node, args.bag, args.rate, args.delay)
    return run(f'ris_bag_{args.action}', work)


if __name__ == '__main__':
    sys.exit(main())
