# SPDX-License-Identifier: Apache-2.0
"""How the embedded proposer's segmenter was made; nothing here is imported at run time."""
