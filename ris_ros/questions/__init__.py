# SPDX-License-Identifier: Apache-2.0
"""Answers to questions about the scene, in sentences made of templates."""
