# SPDX-License-Identifier: Apache-2.0
"""Scenes drawn from a seeded generator: objects, their places, and their looks."""
