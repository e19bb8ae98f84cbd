# SPDX-License-Identifier: Apache-2.0
"""The Foxglove layout is whole."""
import json
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LAYOUT = json.loads((REPOSITORY / 'foxglove' / 'ris.json').read_text())
PANELS = LAYOUT['configById']


def leaves(tree):
    """Return the panels of a mosaic, each as often as it is in it."""
    if isinstance(tree, str):
        return [tree]
    assert tree.keys() == {'direction', 'splitPercentage', 'first', 'second'}
    assert tree['direction'] in ('row', 'column')
    return leaves(tree['first']) + leaves(tree['second'])


def test_every_panel_is_shown_once_and_of_a_type_that_foxglove_has():
    assert sorted(leaves(LAYOUT['layout'])) == sorted(PANELS)
    assert {name.partition('!')[0] for name in PANELS} == {
        'Image', '3D', 'Publish', 'RawMessages', 'DiagnosticSummary'}


def test_the_field_for_commands_holds_a_message():
    assert json.loads(PANELS['Publish!command']['value']).keys() == {'data'}
