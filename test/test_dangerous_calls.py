# SPDX-License-Identifier: Apache-2.0
"""No source of ours runs what is in a file, and none hands a text to a shell."""
import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The one module that may unpickle; it refuses every import (test_refcoco.py).
RESTRICTED_PICKLE = 'ris_lab/evaluation/plain_pickle.py'
UNPICKLING = {'pickle', '_pickle', 'cPickle', 'cloudpickle', 'dill', 'joblib', 'marshal', 'shelve'}
FORBIDDEN = {
    'eval', 'exec', 'compile', '__import__', 'builtins.eval', 'builtins.exec',
    'os.system', 'os.popen', 'subprocess.getoutput', 'subprocess.getstatusoutput',
    'torch.jit.load', 'torch.hub.load', 'torch.package.PackageImporter',
    'yaml.unsafe_load', 'yaml.unsafe_load_all', 'yaml.full_load', 'yaml.full_load_all',
    'numpy.lib.format.read_array', 'tempfile.mktemp'}
SAFE_YAML = {'yaml.SafeLoader', 'yaml.CSafeLoader'}


def _sources() -> list[Path]:
    """Return every Python file of the project but the tests, those without an ending included."""
    found = [ROOT / 'setup.py']
    for folder in ('ris_ros', 'ris_sim', 'ris_lab', 'examples', 'launch', '.ci'):
        found += (ROOT / folder).rglob('*.py')
    found += [path for path in (ROOT / 'scripts').iterdir()
              if path.is_file() and path.read_bytes().startswith(b'#!/usr/bin/env python')]
    return sorted(found)


def _imported(tree: ast.AST) -> dict[str, str]:
    """Return what each imported name stands for: np for numpy, load for torch.load."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                whole = one.name if one.asname else one.name.partition('.')[0]
                names[one.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: f'{node.module}.{one.name}' for one in node.names}
    return names


def _full_name(node: ast.AST, imported: dict[str, str]) -> str:
    """Return the name of a function with its module, '' for what is no plain name."""
    if isinstance(node, ast.Attribute):
        before = _full_name(node.value, imported)
        return f'{before}.{node.attr}' if before else ''
    return imported.get(node.id, node.id) if isinstance(node, ast.Name) else ''


def _verdict(call: ast.Call, imported: dict[str, str]) -> str:
    """Return why a call is dangerous, '' if it is not."""
    name = _full_name(call.func, imported)
    given = {one.arg: one.value for one in call.keywords}
    literal = {arg: value.value for arg, value in given.items() if isinstance(value, ast.Constant)}
    if name in FORBIDDEN:
        return name
    if name == 'torch.load' and literal.get('weights_only') is not True:
        return 'torch.load without weights_only=True'
    if name == 'numpy.load' and (len(call.args) > 2 or (
            'allow_pickle' in given and literal.get('allow_pickle') is not False)):
        return 'numpy.load with allow_pickle'
    if name in ('yaml.load', 'yaml.load_all'):
        loader = call.args[1] if len(call.args) > 1 else given.get('Loader')
        return '' if _full_name(loader, imported) in SAFE_YAML else f'{name} without SafeLoader'
    # Whatever takes a shell, under whatever name the function goes.
    return 'shell' if 'shell' in given and literal.get('shell') is not False else ''


def dangers(code: str, may_unpickle: bool = False) -> list[str]:
    """Return a line for each dangerous call or import of a module's source."""
    tree = ast.parse(code)
    imported = _imported(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (why := _verdict(node, imported)):
            found.append(f'line {node.lineno}: {why}')
    if not may_unpickle:
        found += [f'import of {name}' for name in imported.values()
                  if name.partition('.')[0] in UNPICKLING]
    elif used := {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
                  and _full_name(node, imported) in ('pickle.load', 'pickle.loads')}:
        found.append(f'unrestricted pickle: {used}')
    return found


@pytest.mark.parametrize('code', [
    'import torch\ntorch.load("a.pt")',
    'import torch\ntorch.load("a.pt", weights_only=False)',
    'import torch\nsafe = True\ntorch.load("a.pt", weights_only=safe)',
    'from torch import load as read\nread("a.pt")',
    'import torch\ntorch.jit.load("a.pt")',
    'import pickle\npickle.load(file)', 'from pickle import loads', 'import joblib as j',
    'def f():\n    import dill',
    'import numpy as np\nnp.load("a.npy", allow_pickle=True)',
    'import numpy\nnumpy.load("a.npy", None, True)',
    'import yaml\nyaml.load(text)', 'import yaml\nyaml.load(text, Loader=yaml.Loader)',
    'import yaml\nyaml.load(text, yaml.FullLoader)', 'from yaml import unsafe_load\nunsafe_load(t)',
    'eval(text)', 'exec(text)', 'import os\nos.system(text)',
    'import subprocess\nsubprocess.run(text, shell=True)',
    'from subprocess import Popen as start\nstart(text, shell=flag)'])
def test_a_dangerous_call_is_found(code):
    assert dangers(code)


@pytest.mark.parametrize('code', [
    'import torch\ntorch.load("a.pt", weights_only=True)\nmodel.eval()',
    'import numpy as np\nnp.load("a.npy", mmap_mode="r")\nnp.load("a", allow_pickle=False)',
    'import yaml\nyaml.safe_load(text)\nyaml.load(text, Loader=yaml.CSafeLoader)',
    'import re\nre.compile(text)', 'import subprocess\nsubprocess.run([text], check=True)'])
def test_a_safe_call_is_none(code):
    assert dangers(code) == []


def test_the_restricted_pickle_may_not_become_the_usual_one():
    code = (ROOT / RESTRICTED_PICKLE).read_text()
    assert dangers(code, may_unpickle=True) == []
    assert dangers(code)
    assert dangers(code + '\npickle.loads(data)', may_unpickle=True)


def test_no_source_runs_what_is_in_a_file():
    sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in _sources()}
    assert len(sources) > 300
    found = {name: dangers(code, may_unpickle=name == RESTRICTED_PICKLE)
             for name, code in sources.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}
