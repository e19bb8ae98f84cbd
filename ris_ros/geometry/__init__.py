"""Geometry: a mask and depth become a position."""
