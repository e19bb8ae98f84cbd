# SPDX-License-Identifier: Apache-2.0
"""Evaluation: published data sets, both protocols, metrics, and runs that survive a kill."""
