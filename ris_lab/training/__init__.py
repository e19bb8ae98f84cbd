# SPDX-License-Identifier: Apache-2.0
"""How the embedded CLIP was made; nothing here is imported at run time."""
