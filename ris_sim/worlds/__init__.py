"""Scenes as SDF files, for Gazebo and the built-in camera."""
