# SPDX-License-Identifier: Apache-2.0
"""Pictures of a scene: ray casting, shading, and what real cameras add."""
