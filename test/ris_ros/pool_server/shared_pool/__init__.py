# SPDX-License-Identifier: Apache-2.0
"""Tests of one pool, which takes long to start: it ends with the last test of this package."""
