# SPDX-License-Identifier: Apache-2.0
"""The operator's page: a process of its own that talks to ris_node as any other client does."""
