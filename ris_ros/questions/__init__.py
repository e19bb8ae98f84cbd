"""Answers to questions about the scene, in sentences made of templates."""
