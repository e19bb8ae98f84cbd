# SPDX-License-Identifier: Apache-2.0
"""A page on which a person labels pictures of their own robot."""
