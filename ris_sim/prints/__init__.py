# SPDX-License-Identifier: Apache-2.0
"""Printed matter: labels, covers and packages, drawn with words, pictures and patterns."""
