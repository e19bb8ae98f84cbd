# SPDX-License-Identifier: Apache-2.0
"""The robot as tools of a language model: a process of its own that is a client of ris_node."""
