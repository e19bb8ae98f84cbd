"""The ROS side; rclpy is imported only here."""
