"""Referring expressions for a scene, with the truth."""
