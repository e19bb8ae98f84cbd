# SPDX-License-Identifier: Apache-2.0
"""What each stage costs, beside the straightforward way to do it."""
