# SPDX-License-Identifier: Apache-2.0
"""``ris parse``: how commands are read, as JSON lines."""
from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
import json
import sys
import time
from typing import Any

from ris_ros.errors import CommandError, RisError
from ris_ros.language.command import RULES, Language
from ris_ros.language.query import Relation

_EPILOG = """A text that cannot be read (blank, too long, no "text" in its line) gives a line
with an "error" in place of the fields. ms is CPU time. The exit status is 0 when at least one
text was read, 1 when none was, and 2 when the input file or the language model is missing."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'parse', help='print how a command is read, without a picture', epilog=_EPILOG)
    parser.add_argument('texts', nargs='*', metavar='TEXT', help='command or referring expression')
    parser.add_argument('--jsonl', metavar='FILE',
                        help='read JSON lines with a "text" (an "id" is passed on); - for stdin')
    parser.add_argument('--rule', choices=RULES, default='command',
                        help="read commands, or expressions by the paper's rule [%(default)s]")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print a JSON line for each text."""
    if not args.texts and args.jsonl is None:
        raise CommandError('There is nothing to parse; give a TEXT or --jsonl FILE.')
    language = Language.load(args.rule)
    failed = count = 0
    for record in read_records(args.texts, args.jsonl):
        record = parse_record(language, record)
        print(json.dumps(record, ensure_ascii=False), flush=True)
        count += 1
        failed += 'error' in record
    return 1 if failed == count and count else 0


def read_records(texts: list[str], path: str | None) -> Iterator[dict[str, Any]]:
    """Yield a record with a 'text' for each text and for each line of a file.

    The record of a line has the line's 'id' too, and an 'error' where the line has no text.

    Args:
        texts: The texts.
        path: File of JSON lines; '-' for stdin, None for no file.

    Raises:
        RisError: The file cannot be read.
    """
    for text in texts:
        yield {'text': text}
    if path is None:
        return
    try:
        with contextlib.nullcontext(sys.stdin) if path == '-' else open(
                path, encoding='utf-8') as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _read_line(line, number)
    except (OSError, UnicodeDecodeError) as error:
        raise RisError(f'The JSON lines in {path} cannot be read: {error}.') from error


def parse_record(language: Language, record: dict[str, Any]) -> dict[str, Any]:
    """Add the fields of the parsed text, or an 'error', to a record."""
    if 'error' in record:
        return record
    start = time.process_time()
    try:
        query = language.parse(record['text'])
    except CommandError as error:
        return {**record, 'error': str(error)}
    elapsed = (time.process_time() - start) * 1e3
    return {
        **record, 'expression': query.expression, 'target': query.target, 'head': query.head,
        'position': query.position,
        'relations': [_relation_record(relation) for relation in query.relations],
        'attributes': query.attributes, 'quantity': query.quantity.value, 'count': query.count,
        'other': query.other, 'negated_attributes': query.negated_attributes,
        'negated_relations': [_relation_record(relation) for relation in query.negated_relations],
        **({'forbidden': True} if query.forbidden else {}),
        **({'question': query.question.kind.value} if query.question else {}),
        **({'ignored': query.ignored} if query.ignored else {}),
        'ms': round(elapsed, 2),
    }


def _relation_record(relation: Relation) -> dict[str, object]:
    """Return a relation, with its anchors where they have a position or relations of their own."""
    record: dict[str, object] = {'type': relation.type.value, 'anchor': relation.anchor}
    anchors = [{'anchor': anchor.text, 'position': anchor.position,
                'relations': [_relation_record(own) for own in anchor.relations]}
               for anchor in relation.anchors]
    if len(anchors) > 1 or any(a['position'] or a['relations'] for a in anchors):
        record['anchors'] = anchors
    return record


def _read_line(line: str, number: int) -> dict[str, object]:
    """Read one JSON line."""
    try:
        content = json.loads(line)
    except ValueError as error:
        return {'text': None, 'error': f'Line {number} is not JSON: {error}.'}
    if not isinstance(content, dict) or 'text' not in content:
        return {'text': None, 'error': f'Line {number} is not a JSON object with a "text".'}
    return {key: content[key] for key in ('id', 'text') if key in content}
