# SPDX-License-Identifier: Apache-2.0
"""Language: a command becomes a Query."""
