"""Geometry of a mask: its box, centroid and grasp pixel, and with depth its position."""
