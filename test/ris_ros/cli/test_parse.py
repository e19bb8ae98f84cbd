# SPDX-License-Identifier: Apache-2.0
"""``ris parse`` prints a JSON line for each text."""
import argparse
import io
import json

import pytest

from ris_ros.cli import parse
from ris_ros.errors import RisError


def run(capsys, *arguments):
    """Run the subcommand; return its exit status and the records it printed."""
    parser = argparse.ArgumentParser()
    parse.add_parser(parser.add_subparsers())
    args = parser.parse_args(['parse', *map(str, arguments)])
    status = args.func(args)
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_text_gives_a_json_line(capsys):
    status, (mug, stop) = run(capsys, 'pick up the red mug next to the bowl', 'stop')
    assert status == 0
    assert mug.pop('ms') > 0
    assert mug == {
        'text': 'pick up the red mug next to the bowl',
        'expression': 'the red mug next to the bowl', 'target': 'the red mug', 'head': 'mug',
        'position': None, 'relations': [{'type': 'near', 'anchor': 'the bowl'}],
        'attributes': ['red'], 'quantity': 'one', 'count': None, 'other': False,
        'negated_attributes': [], 'negated_relations': []}
    assert stop['expression'] is None
    assert stop['relations'] == []


def test_an_anchors_own_relations_are_told(capsys):
    _, (spoon,) = run(capsys, 'the spoon in the mug on the tray')
    assert spoon['relations'] == [{
        'type': 'in', 'anchor': 'the mug', 'anchors': [{
            'anchor': 'the mug', 'position': None,
            'relations': [{'type': 'on', 'anchor': 'the tray'}]}]}]


def test_the_papers_rule_can_be_chosen(capsys):
    _, (record,) = run(capsys, '--rule', 'paper', 'Left-most cup')
    assert record['expression'] == 'left - most cup'


def test_json_lines_keep_their_ids(capsys, tmp_path):
    file = tmp_path / 'texts.jsonl'
    lines = ['{"id": 3, "text": "the 茶 mug", "kind": "x"}', '', 'mug', '["mug"]',
             '{"id": 4, "text": " "}']
    file.write_text('\n'.join(lines), encoding='utf-8')
    status, (good, no_json, no_object, blank) = run(capsys, '--jsonl', file)
    assert status == 0
    assert (good['id'], good['text'], good['head']) == (3, 'the 茶 mug', 'mug')
    assert 'kind' not in good
    assert 'Line 3' in no_json['error']
    assert 'Line 4' in no_object['error']
    assert blank['id'] == 4
    assert 'blank' in blank['error']


def test_a_dash_reads_standard_input(capsys, monkeypatch):
    monkeypatch.setattr('sys.stdin', io.StringIO('{"text": "red ball"}\n'))
    assert run(capsys, '--jsonl', '-')[1][0]['head'] == 'ball'


def test_status_is_1_when_no_text_could_be_read(capsys):
    status, records = run(capsys, '', 'x' * 2000)
    assert status == 1
    assert all('error' in record for record in records)


@pytest.mark.parametrize('arguments', [[], ['--jsonl', 'missing.jsonl']])
def test_nothing_to_read_is_an_error(capsys, arguments):
    with pytest.raises(RisError):
        run(capsys, *arguments)
