# SPDX-License-Identifier: Apache-2.0
"""The page of all commands says what their parsers say."""
from pathlib import Path
import re

from ris_lab.site.commands import commands_page

PAGE = Path(__file__).resolve().parents[3] / 'docs' / 'commands.md'


def test_the_page_of_the_commands_is_that_of_the_parsers():
    assert PAGE.read_text() == commands_page(), (
        'Make it anew: python -m ris_lab.site.commands > docs/commands.md')


def test_the_page_has_every_subcommand_with_its_options():
    page = commands_page()
    for name in ('ris ground', 'ris models fetch', 'ris pool serve', 'ris bench', 'ris train clip'):
        assert re.search(rf'^##+ {name}$', page, re.MULTILINE), name
    assert '| `--camera-info CAMERA_INFO` | ' in page
    assert '| `-r, --remap OLD:=NEW` | ' in page
    assert 'not installed' not in page  # as where a subcommand could not be imported
    assert '%(' not in page
