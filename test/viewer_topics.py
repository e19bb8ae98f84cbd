# SPDX-License-Identifier: Apache-2.0
"""The topics that RViz and Foxglove are told to show."""
import json
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]


def rviz_topics(name):
    """Return the topics that a configuration of RViz names."""
    content = yaml.safe_load((REPOSITORY / 'rviz' / f'{name}.rviz').read_text())
    return {display['Topic']['Value'] for display in content['Visualization Manager']['Displays']
            if 'Topic' in display}


def foxglove_topics():
    """Return the topics that the layout of Foxglove names."""
    panels = json.loads((REPOSITORY / 'foxglove' / 'ris.json').read_text())['configById']
    images = {panel['imageMode']['imageTopic'] for panel in panels.values()
              if 'imageMode' in panel}
    return {*images, *panels['3D!scene']['topics'], panels['Publish!command']['topicName'],
            panels['DiagnosticSummary!node']['topicToRender'],
            panels['RawMessages!grounding']['topicPath'].partition('.')[0]}
