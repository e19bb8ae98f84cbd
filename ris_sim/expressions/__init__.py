# SPDX-License-Identifier: Apache-2.0
"""Referring expressions for a scene, with the truth."""
