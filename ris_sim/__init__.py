# SPDX-License-Identifier: Apache-2.0
"""The built-in RGB-D camera: procedural tabletop scenes, their pictures and their truth."""
