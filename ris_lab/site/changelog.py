# SPDX-License-Identifier: Apache-2.0
"""The changelog, which is reStructuredText as the ROS build farm wants it, as a page."""
from __future__ import annotations

import re

_TITLE = re.compile(r'^\^+\n(.+)\n\^+\n', re.MULTILINE)
_VERSION = re.compile(r'^(\d+\.\d+\.\d+ \(.+\))\n-+$', re.MULTILINE)
_GROUP = re.compile(r'^\*\*(.+)\*\*\n(?=\n\* )', re.MULTILINE)


def changelog_page(text: str) -> str:
    """Return CHANGELOG.rst as Markdown; it holds titles, groups, entries and literals alone."""
    text = _TITLE.sub(r'# \1\n', text)
    text = _VERSION.sub(r'## \1\n', text)
    text = _GROUP.sub(r'### \1\n', text)
    return text.replace('``', '`')
