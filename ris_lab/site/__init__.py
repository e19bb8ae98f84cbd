# SPDX-License-Identifier: Apache-2.0
"""What the documentation's site has beside docs/: pages from elsewhere, and those made of code."""
