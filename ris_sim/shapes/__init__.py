# SPDX-License-Identifier: Apache-2.0
"""The shapes of things: meshes, and a catalogue of the 27 toys and of all things of a home."""
