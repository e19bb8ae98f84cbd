"""Grounding: a Query and a SceneIndex become a Grounding."""
