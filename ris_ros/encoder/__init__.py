"""Encoder: masks and words become CLIP features."""
