# SPDX-License-Identifier: Apache-2.0
"""The laboratory: evaluation, benchmarks, the demo and training; nothing that a robot runs."""
