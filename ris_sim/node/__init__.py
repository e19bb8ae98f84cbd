"""ROS 2 nodes of the simulated camera and its robot."""
