# SPDX-License-Identifier: Apache-2.0
"""Valid and hostile messages for a running node, and the count of its answers."""
