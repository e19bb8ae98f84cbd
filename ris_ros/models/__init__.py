# SPDX-License-Identifier: Apache-2.0
"""Weights: where they are and how they are read."""
