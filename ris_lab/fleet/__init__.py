# SPDX-License-Identifier: Apache-2.0
"""Simulated robots that share a pool: what it costs, and what happens when parts of it die."""
