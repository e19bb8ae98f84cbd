"""Scenes drawn from a seeded generator: what stands where, and how it looks."""
