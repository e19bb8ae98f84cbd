# SPDX-License-Identifier: Apache-2.0
"""RViz and Foxglove show topics that the node has under every launch file."""
import ast
from pathlib import Path
import sys

import pytest

from ris_ros.launch_arguments import viewer_remappings
from ris_ros.policy import PERMISSIONS

sys.path.append(str(Path(__file__).resolve().parents[1]))
from viewer_topics import REPOSITORY, foxglove_topics, rviz_topics

LAUNCH_FILES = sorted((REPOSITORY / 'launch').glob('*.launch.py'))
# test_policy.py holds this table to the graph of the running node.
NODE = {name.replace('~', 'ris_node')
        for name in (*PERMISSIONS['ris_node'].publishes, *PERMISSIONS['ris_node'].subscribes)}


@pytest.mark.parametrize('topics', [rviz_topics('ris'), foxglove_topics()],
                         ids=['RViz', 'Foxglove'])
def test_every_topic_is_the_nodes_own_and_depends_on_no_camera(topics):
    assert '/ris_node/view' in topics
    own = {topic.removeprefix('/') for topic in topics} - {'diagnostics'}
    assert own <= NODE
    assert not own & {'image', 'camera_info', 'depth'}


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_no_launch_file_gives_them_other_names(path):
    source = path.read_text()
    if path.name == 'ris.launch.py':
        remapped, = [ast.literal_eval(node.value) for node in ast.parse(source).body
                     if isinstance(node, ast.Assign) and node.targets[0].id == 'TOPICS']
        shown = rviz_topics('ris') | foxglove_topics()
        # The argument command_topic is 'command' unless the user names another.
        assert {f'/{name}' for name in remapped} & shown == {'/command'}
    elif path.name == 'console.launch.py':
        assert "ris_node'" not in source  # it starts none
    else:  # it includes that one
        assert 'include_ris(' in source
        assert 'command_topic' not in source.partition('include_ris(__file__')[2]


def test_gazebos_viewer_shows_the_same_and_the_cloud_of_the_scene():
    assert rviz_topics('gazebo') == rviz_topics('ris') | {'/camera/points'}


def test_a_viewer_follows_the_node_into_its_namespace():
    shown = {topic for topic in rviz_topics('gazebo') if topic.startswith('/ris_node/')}
    for namespace in ('robot1', '/robot1'):
        remappings = dict(viewer_remappings(namespace))
        assert remappings.keys() == shown
        assert remappings['/ris_node/view'] == '/robot1/ris_node/view'
    assert viewer_remappings('') == viewer_remappings('/') == []
