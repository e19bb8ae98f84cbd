# SPDX-License-Identifier: Apache-2.0
"""Scene indexes from a pool of GPUs: what a robot sends, and what comes back."""
