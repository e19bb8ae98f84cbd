# SPDX-License-Identifier: Apache-2.0
"""Say what a release still lacks: one version, addresses, a maintainer who reads mail."""
from __future__ import annotations

from pathlib import Path
import re
import sys
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
# Domains at which nobody reads mail: the reserved ones of RFC 2606, and those of hosts of code.
_UNREAD = re.compile(r'[@.](invalid|example|test|localhost|example\.(com|org|net))$|noreply')


def lacks(root: Path, tag: str) -> list[str]:
    """Return a sentence for each thing that keeps a tag from being a release.

    Args:
        root: The folder of the repository.
        tag: The tag, which must be the version.
    """
    package = ElementTree.parse(root / 'package.xml').getroot()
    version = package.findtext('version', '')
    newest = re.search(r'^(\d+\.\d+\.\d+) \(', (root / 'CHANGELOG.rst').read_text(), re.MULTILINE)
    urls = {url.get('type', 'website') for url in package.findall('url')}
    found = []
    if tag != version:
        found.append(f'The tag is {tag}, and package.xml has the version {version}.')
    if newest is None or newest[1] != version:
        found.append(f'CHANGELOG.rst does not begin with {version}.')
    found += [f'The maintainer {one.text} has the address {one.get("email")}, which nobody reads.'
              for one in package.findall('maintainer') if _UNREAD.search(one.get('email', ''))]
    found += [f'package.xml has no <url type="{kind}">.'
              for kind in ('repository', 'bugtracker') if kind not in urls]
    if 'repository-code:' not in (root / 'CITATION.cff').read_text():
        found.append('CITATION.cff has no repository-code.')
    return found


def main() -> int:
    """Check the tag that is the only argument."""
    found = lacks(ROOT, sys.argv[1])
    print('\n'.join(found) or f'{sys.argv[1]} can be released.')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
