# SPDX-License-Identifier: Apache-2.0
"""Read annotated sentences: what people say, and what should be understood."""
from __future__ import annotations

from dataclasses import dataclass, field
import json
from pathlib import Path
import re

_FOLDER = Path(__file__).parent
_MARKS = re.compile(r'[{}\[\]=]')


@dataclass(frozen=True)
class Gold:
    """A sentence and its annotation; the fields are those of ris parse.

    style: the heading it stands under. held_out: no rule was made for it.
    Of expressions, targets, heads and positions any one is right; relations are
    (type, anchor, optional).
    """

    text: str
    style: str
    held_out: bool
    expressions: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    positions: list[str | None] = field(default_factory=lambda: [None])
    relations: list[tuple[str, str, bool]] = field(default_factory=list)


def read_sentences(name: str) -> list[Gold]:
    """Return the annotated sentences of a file; every second one of a style is held out."""
    found, style, number = [], '', 0
    for line in (_FOLDER / name).read_text(encoding='utf-8').splitlines():
        if line.startswith('## '):
            style, number = line[3:], 0
        elif line and not line.startswith('#'):
            found.append(_read(line, style, number % 2 == 1 and 'looked at' not in style))
            number += 1
    return found


def read_unseen() -> list[Gold]:
    """Return the sentences of unseen_sentences.jsonl, all of them held out.

    They were written and annotated by somebody who knew nothing of the rules.
    """
    return [_from_fields(json.loads(line)) for line in
            (_FOLDER / 'unseen_sentences.jsonl').read_text(encoding='utf-8').splitlines()]


def _from_fields(item: dict) -> Gold:
    """Read one item, with the fields of ris parse and others that are right as well."""
    expressions, targets, heads = (
        [item[name], *item.get(f'alt_{name}s', ())] if name in item else []
        for name in ('expression', 'target', 'head'))
    return Gold(item['text'], item['kind'], True, expressions, targets, heads,
                [item.get('position'), *item.get('alt_positions', ())],
                [(relation['type'], relation['anchor'], relation.get('optional', False))
                 for relation in item.get('relations', ())])


def _read(line: str, style: str, held_out: bool) -> Gold:
    """Read one line."""
    marked, _, notes = line.partition(' :: ')
    gold = Gold(_MARKS.sub('', marked), style, held_out)
    for pattern, values in (('{(.*)}', gold.expressions), (r'\[(.*)\]', gold.targets),
                            (r'=([\w-]+)', gold.heads)):
        if found := re.search(pattern, marked):
            values.append(_MARKS.sub('', found.group(1)))
    for note in filter(None, (note.strip() for note in notes.split(';'))):
        if note[0] == '@':
            gold.positions[:] = [p if p != 'none' else None for p in note[1:].split('/')]
        elif note[1] == ':':
            {'e': gold.expressions, 't': gold.targets, 'h': gold.heads}[note[0]].append(note[2:])
        else:
            kind, _, anchor = note.lstrip('?').partition(' ')
            gold.relations.append((kind, anchor, note[0] == '?'))
    return gold
