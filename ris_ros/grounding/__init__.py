# SPDX-License-Identifier: Apache-2.0
"""Grounding: a Query and a SceneIndex become a Grounding."""
