# SPDX-License-Identifier: Apache-2.0
"""The geometry of masks: box, centroid and grasp pixel, and with depth the location in space."""
