# SPDX-License-Identifier: Apache-2.0
"""The demo: commands to a running node, judged against the truth."""
