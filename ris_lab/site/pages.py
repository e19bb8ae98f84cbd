# SPDX-License-Identifier: Apache-2.0
"""Pages of the site that lie elsewhere in the repository, and where their links lead there."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
import posixpath
import re

# The name of a page on the site -> its file in the repository. Those of docs/ keep their names.
ELSEWHERE = {
    'index.md': 'README.md',
    'architecture.md': 'ARCHITECTURE.md',
    'contributing.md': 'CONTRIBUTING.md',
    'reporting.md': 'SECURITY.md',
    'conduct.md': 'CODE_OF_CONDUCT.md',
    'worlds.md': 'worlds/README.md',
    'models/embedded_clip.md': 'ris_ros/models/embedded/CARD.md',
    'models/embedded_proposer.md': 'ris_ros/models/embedded/PROPOSER.md',
    'models/home_clip.md': 'ris_ros/models/home/CARD.md',
}
_LINK = re.compile(r'(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)')
_FENCE = re.compile(r'^ *```', re.MULTILINE)
_ADDRESS = re.compile(r'[a-z]+:')


def source_of(page: str, elsewhere: Mapping[str, str] = ELSEWHERE) -> str:
    """Return the file in the repository that a page of the site is made of."""
    return elsewhere.get(page, f'docs/{page}')


def titles(nav: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """Yield each page of a navigation, as mkdocs.yml has it, with its title."""
    for entry in nav:
        for title, place in entry.items():
            if isinstance(place, str):
                yield place, title
            elif isinstance(place, Sequence):
                yield from titles(place)


def with_site_links(text: str, page: str, names: Mapping[str, str],
                    elsewhere: Mapping[str, str] = ELSEWHERE) -> str:
    """Turn the links of a page, which hold in the repository, into those of the site.

    A link to a file that the site does not have, such as source code, becomes the name of the file.
    A link whose words are the file of a page gets the page's title.

    Args:
        text: Markdown.
        page: Its name on the site, such as 'tutorials/follow.md'.
        names: The title of each page.
        elsewhere: Pages and their files, as in `ELSEWHERE`.
    """
    parts = _FENCE.split(text)
    parts[::2] = [_LINK.sub(lambda found: _link(found, page, names, elsewhere), part)
                  for part in parts[::2]]
    fences = _FENCE.findall(text)
    return ''.join(part + fence for part, fence in zip(parts, [*fences, ''], strict=True))


def _link(found: re.Match[str], page: str, names: Mapping[str, str],
          elsewhere: Mapping[str, str]) -> str:
    """Return one link for the site."""
    mark, words, target = found.groups()
    words = _LINK.sub(lambda inner: _link(inner, page, names, elsewhere), words)
    path, hash_, anchor = target.partition('#')
    if _ADDRESS.match(target) or not path:
        return f'{mark}[{words}]({target})'
    source = PurePosixPath(source_of(page, elsewhere))
    file = posixpath.normpath(str(source.parent / path))
    place = {known: name for name, known in elsewhere.items()}.get(file)
    if place is None and file.startswith('docs/'):
        place = file.removeprefix('docs/')
    if place is None:
        return f'`{file}`' if words.strip('`') in (path, file) else f'{words} (`{file}`)'
    if words.strip('`').partition('#')[0] in (path, file, PurePosixPath(path).name):
        words = names.get(place, words)
    there = posixpath.relpath(place, posixpath.dirname(page) or '.')
    return f'{mark}[{words}]({there}{hash_}{anchor})'
