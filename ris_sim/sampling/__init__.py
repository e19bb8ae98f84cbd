"""Scenes drawn from a seeded generator: objects, their places, and their looks."""
