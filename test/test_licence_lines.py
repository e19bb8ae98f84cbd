# SPDX-License-Identifier: Apache-2.0
"""Each source file says its licence, so that one that is copied alone still says it."""
from importlib import util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_SPEC = util.spec_from_file_location('licence_lines', ROOT / '.ci' / 'licence_lines.py')
licence_lines = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(licence_lines)


def test_every_source_says_its_licence():
    sources = licence_lines.sources(ROOT)
    assert len(sources) > 700
    lacking = [str(path.relative_to(ROOT)) for path in sources
               if not licence_lines.has_line(path.read_text())]
    assert not lacking, 'run python .ci/licence_lines.py --add'


@pytest.mark.parametrize(('text', 'suffix', 'expected'), [
    ('"""A."""\n', '.py', '# SPDX-License-Identifier: Apache-2.0\n"""A."""\n'),
    ('#!/bin/sh\na\n', '', '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\na\n'),
    ('a {}\n', '.css', '/* SPDX-License-Identifier: Apache-2.0 */\na {}\n'),
    ('', '.py', '# SPDX-License-Identifier: Apache-2.0\n')])
def test_the_line_stands_at_the_top(text, suffix, expected):
    assert licence_lines.with_line(text, suffix) == expected
    assert licence_lines.has_line(expected)
    assert not licence_lines.has_line(text)
