"""Pictures of a scene: ray casting, shading, and what real cameras add."""
