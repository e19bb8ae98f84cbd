# SPDX-License-Identifier: Apache-2.0
"""The pool: Ray Serve deploys the indexer, and robots send it frames (requirements/pool.txt)."""
