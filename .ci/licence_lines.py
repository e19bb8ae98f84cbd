# SPDX-License-Identifier: Apache-2.0
"""Each source file says its licence in one line at its top: check it, or add it with --add."""
from __future__ import annotations

from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).resolve().parents[1]
# The marks of a comment, before and behind, by the ending of a file; '' are scripts.
_MARKS = {
    '.py': ('# ', ''), '': ('# ', ''), '.cmake': ('# ', ''), '.txt': ('# ', ''),
    '.cpp': ('// ', ''), '.js': ('// ', ''), '.css': ('/* ', ' */')}
_LINE = 'SPDX-License-Identifier: Apache-2.0'


def sources(root: Path) -> list[Path]:
    """Return the source files that git knows: programs, not data, messages or pages."""
    listed = subprocess.run(['git', '-C', str(root), 'ls-files', '-z'], check=True,
                            capture_output=True, text=True).stdout.split('\0')
    return [root / name for name in listed if name and is_source(root / name)]


def is_source(path: Path) -> bool:
    """Return whether a file is a program, or builds one."""
    if not path.is_file():
        return False
    if path.suffix == '.txt':
        return path.name == 'CMakeLists.txt'
    if path.suffix == '':
        return path.read_bytes()[:2] == b'#!'
    return path.suffix in _MARKS


def has_line(text: str) -> bool:
    """Return whether a source says its licence within its first two lines."""
    return any(_LINE in line for line in text.splitlines()[:2])


def with_line(text: str, suffix: str) -> str:
    """Return a source with its line of licence, behind a line that names its interpreter."""
    before, behind = _MARKS[suffix]
    first, _, rest = text.partition('\n') if text.startswith('#!') else ('', '', text)
    head = f'{first}\n' if first else ''
    return f'{head}{before}{_LINE}{behind}\n{rest}'


def main() -> int:
    """Name the files without the line, or give it to them."""
    lacking = [path for path in sources(ROOT) if not has_line(path.read_text())]
    for path in lacking:
        if '--add' in sys.argv[1:]:
            path.write_text(with_line(path.read_text(), path.suffix))
        else:
            print(f'{path.relative_to(ROOT)} does not say its licence; run '
                  'python .ci/licence_lines.py --add')
    return bool(lacking) and '--add' not in sys.argv[1:]


if __name__ == '__main__':
    sys.exit(main())
