# SPDX-License-Identifier: Apache-2.0
"""Tracking: follow an object from frame to frame after a command has found it."""
