"""Settings that must be there before any test imports torch or rclpy."""
import os

# ROS traffic of the tests stays on this machine.
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
# rclpy writes its logs below HOME and fails without one.
os.environ.setdefault('HOME', '/tmp')
