# SPDX-License-Identifier: Apache-2.0
"""The scene index, which is renewed frame by frame where the picture has changed."""
