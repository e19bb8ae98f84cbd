# SPDX-License-Identifier: Apache-2.0
"""Scenes as SDF files, for Gazebo and the built-in camera."""
