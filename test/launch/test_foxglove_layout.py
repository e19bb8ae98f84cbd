"""The Foxglove layout is whole, and shows topics that are there."""
import json
from pathlib import Path

import yaml

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


def test_topics_are_those_of_the_node_and_of_the_bridge():
    bridged = {entry['ros_topic_name'] for entry in yaml.safe_load(
        (REPOSITORY / 'config' / 'gz_bridge.yaml').read_text())}
    known = bridged | {f'/ris_node/{name}' for name in (
        'overlay', 'mask', 'cloud', 'pose', 'grounding')} | {'/command', '/diagnostics'}
    topics = {panel['imageMode']['imageTopic'] for panel in PANELS.values() if 'imageMode' in panel}
    topics |= set(PANELS['3D!scene']['topics'])
    topics |= {PANELS['Publish!command']['topicName'],
               PANELS['DiagnosticSummary!node']['topicToRender'],
               PANELS['RawMessages!grounding']['topicPath'].partition('.')[0]}
    assert topics <= known
    assert json.loads(PANELS['Publish!command']['value']).keys() == {'data'}
