# SPDX-License-Identifier: Apache-2.0
"""The ROS side; rclpy is imported only here."""
