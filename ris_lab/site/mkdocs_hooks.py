# SPDX-License-Identifier: Apache-2.0
"""What mkdocs calls while it builds the site (mkdocs.yml): it adds pages and turns links."""
from __future__ import annotations

from pathlib import Path
import sys

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # mkdocs may be installed elsewhere than ris_ros

from ris_lab.site.changelog import changelog_page  # noqa: E402
from ris_lab.site.pages import ELSEWHERE, titles, with_site_links  # noqa: E402
from ris_lab.site.reference import messages_page, parameters_page, topics_page  # noqa: E402


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/."""
    made = {
        'changelog.md': changelog_page((ROOT / 'CHANGELOG.rst').read_text()),
        'reference/parameters.md': parameters_page(),
        'reference/topics.md': topics_page(),
        'reference/messages.md': messages_page(ROOT),
        **{page: (ROOT / source).read_text() for page, source in ELSEWHERE.items()},
    }
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of a page lead to the pages of the site."""
    return with_site_links(markdown, page.file.src_uri, dict(titles(config.nav)))
