# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md explains every sentence of the node, its answers and its positions."""
import ast
from pathlib import Path
import re

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / 'docs' / 'troubleshooting.md').read_text()
# All of the node but the descriptions of its parameters, and what makes its answers.
SOURCES = [path for path in sorted((ROOT / 'ris_ros' / 'node').glob('*.py'))
           if path.name not in ('parameters.py', 'speech_parameters.py')]
SOURCES += [ROOT / 'ris_ros' / name for name in (
    'geometry/location.py', 'geometry/points.py', 'image_models.py', 'pipeline.py',
    'conversation.py', 'intent.py', 'tracking/tracker.py', 'grounding/decision.py',
    'grounding/pointing.py', 'grounding/hearing.py', 'language/command.py', 'language/dialogue.py')]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def text_of(node):
    """Return the text of a literal with "…" for what is put in, None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return ''.join(part.value if isinstance(part, ast.Constant) else '…'
                       for part in node.values)
    return None


def sentences(path):
    """Return the literals of a module, docstrings left out, that begin as a sentence does."""
    tree = ast.parse(path.read_text())
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            left_out.add(id(node.body[0].value))
        elif isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
    texts = [text_of(node) for node in ast.walk(tree) if id(node) not in left_out]
    return {text for text in texts
            if text and re.match('[A-Z…]', text) and len(text.split()) >= 4}


def entries():
    """Return the beginnings of sentences that the page explains."""
    return re.findall(r'^\| `([A-Z…].*?)` \|', PAGE, re.MULTILINE)


def test_every_sentence_is_explained():
    said = {text: path.name for path in SOURCES for text in sentences(path)}
    assert len(said) > 100
    beginnings = tuple(entries())
    missing = {text: name for text, name in said.items() if not text.startswith(beginnings)}
    assert not missing, 'docs/troubleshooting.md does not explain these'


def test_every_entry_is_still_said():
    said = [text for path in SOURCES for text in sentences(path)]
    stale = [entry for entry in entries() if not any(text.startswith(entry) for text in said)]
    assert not stale


def test_every_entry_has_a_cause_and_a_cure():
    rows = re.findall(r'^\| `[A-Z…].*?` \|(.*)\|(.*)\|$', PAGE, re.MULTILINE)
    assert len(rows) == len(entries())
    assert all(cause.strip() and cure.strip() for cause, cure in rows)
