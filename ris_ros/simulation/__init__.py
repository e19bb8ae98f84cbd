"""Simulation: a tabletop world, rendered by an RGB-D camera that knows the truth."""
