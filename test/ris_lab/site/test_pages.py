# SPDX-License-Identifier: Apache-2.0
"""The site has every page that its navigation names, with links that lead somewhere."""
from pathlib import Path
import re

import pytest
import yaml

from ris_lab.site.changelog import changelog_page
from ris_lab.site.pages import ELSEWHERE, source_of, titles, with_site_links
from ris_lab.site.reference import messages_page, parameters_page, topics_page
from ris_ros.node.parameters import Settings
from ris_ros.node.speech_parameters import SpeechSettings

ROOT = Path(__file__).resolve().parents[3]
MADE = {'changelog.md', 'reference/parameters.md', 'reference/topics.md', 'reference/messages.md'}


CONFIG = yaml.safe_load((ROOT / 'mkdocs.yml').read_text())
NAV = [page for page, _ in titles(CONFIG['nav'])]


def test_every_page_of_the_navigation_is_there():
    files = {page: ROOT / source_of(page) for page in NAV if page not in MADE}
    assert [page for page, file in files.items() if not file.is_file()] == []
    assert len(NAV) == len(set(NAV)) > 30


def test_the_hooks_of_the_site_are_in_the_repository():
    assert all((ROOT / hook).is_file() for hook in CONFIG['hooks'])


def test_every_page_is_in_the_navigation():
    pages = {path.relative_to(ROOT / 'docs').as_posix() for path in (ROOT / 'docs').rglob('*.md')}
    assert pages | MADE | set(ELSEWHERE) == set(NAV)


@pytest.mark.parametrize(('text', 'page', 'turned'), [
    ('[a](docs/node.md#pointing)', 'index.md', '[a](node.md#pointing)'),
    ('[a](../README.md#on-a-robot)', 'robot.md', '[a](index.md#on-a-robot)'),
    ('[a](../robot.md)', 'tutorials/follow.md', '[a](../robot.md)'),
    ('![a](docs/demo.png)', 'index.md', '![a](demo.png)'),
    ('[`card`](../ris_ros/models/home/CARD.md)', 'profiles.md', '[`card`](models/home_clip.md)'),
    ('[hearing](../ris_ros/grounding/hearing.py)', 'voice.md',
     'hearing (`ris_ros/grounding/hearing.py`)'),
    ('[LICENSE](LICENSE)', 'index.md', '`LICENSE`'),
    ('[docs/robot.md](docs/robot.md)', 'index.md', '[Position](robot.md)'),
    ('[robot.md](../robot.md#grasp)', 'tutorials/follow.md', '[Position](../robot.md#grasp)'),
    ('[freshness.md](freshness.md)', 'node.md', '[freshness.md](freshness.md)'),
    ('[a](#here) [b](https://example.org/c.md)', 'index.md',
     '[a](#here) [b](https://example.org/c.md)'),
    ('```\n[a](docs/node.md)\n```\n[a](docs/node.md)', 'index.md',
     '```\n[a](docs/node.md)\n```\n[a](node.md)'),
    ('[![a](docs/demo.png)](docs/node.md)', 'index.md', '[![a](demo.png)](node.md)'),
])
def test_a_link_of_the_repository_becomes_one_of_the_site(text, page, turned):
    assert with_site_links(text, page, {'robot.md': 'Position'}) == turned


def test_the_changelog_becomes_headings_entries_and_literals():
    page = changelog_page('^^^\nLog\n^^^\n\n0.2.0 (2026-11-29)\n------------------\n'
                          '**Voice**\n\n* ``a`` is **new**.\n')
    assert page == ('# Log\n\n## 0.2.0 (2026-11-29)\n\n### Voice\n\n* `a` is **new**.\n')


def test_the_reference_has_every_parameter_topic_and_field():
    parameters, topics, messages = parameters_page(), topics_page(), messages_page(ROOT)
    for settings in (Settings, SpeechSettings):
        assert all(f'| `{name}` |' in parameters for name in vars(settings())), settings
    assert "| `mode` | `'answer'` |" in parameters
    assert '| 0.01 to 1000 |' in parameters
    assert '| offers the service | `~/change_state`, ' in topics
    assert '`~/grounding`' in topics
    assert '~/set_parameters`' not in topics
    for kind in ('msg', 'srv', 'action'):
        for path in (ROOT / kind).iterdir():
            assert f'## {path.stem} (' in messages
    assert 'float32 confidence' in messages
    assert not re.search(r'^## .*\n\n##', messages, re.MULTILINE)
