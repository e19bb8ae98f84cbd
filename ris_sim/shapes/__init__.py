"""The shapes of things: meshes, and a catalogue of 27 categories."""
