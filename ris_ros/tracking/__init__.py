"""Holding an object from frame to frame, between the commands that found it."""
