# SPDX-License-Identifier: Apache-2.0
"""What must hold of the answers before a world of worlds/, whichever simulator shows it."""
from pathlib import Path

import numpy as np
import yaml

from ris_ros.msg import Grounding
from ris_sim.dataset import surface_centroid
from ris_sim.rendering.renderer import Renderer
from ris_sim.worlds.sdf_reader import read_world

WORLDS = Path(__file__).resolve().parents[1] / 'worlds'
MOST_ERROR_M = 0.02


def surface_centroids(world):
    """Return the centroid of each visible object's surface by name, from the world file alone.

    Metres in the camera's optical frame.
    """
    scene = read_world(WORLDS / f'{world}.sdf')
    rendering = Renderer().render(scene)
    centroids = {thing.name: surface_centroid(rendering, label)
                 for label, thing in enumerate(scene.objects, 1)}
    return {name: point for name, point in centroids.items() if point is not None}


def attribute_commands(world):
    """Return the commands of a world that name an object by what it looks like, and the object."""
    plan = yaml.safe_load((WORLDS / 'commands.yaml').read_text())
    return [(entry['text'], entry['target']) for entry in plan[world]['commands']
            if entry['kind'] == 'attribute']


def check_answers(client, world, frame_id):
    """Command the node, and compare the position that it publishes with the world's truth."""
    truth = surface_centroids(world)
    commands = attribute_commands(world)
    assert len(commands) == 3
    for text, target in commands:
        answer = client.say(text)
        assert answer.status == Grounding.FOUND, answer.message
        assert answer.position_status == Grounding.FOUND, answer.position_note
        assert answer.header.frame_id == frame_id
        point = np.array([answer.position.x, answer.position.y, answer.position.z])
        distances = {name: np.linalg.norm(point - centroid) for name, centroid in truth.items()}
        assert min(distances, key=distances.get) == target, (text, distances)
        assert distances[target] <= MOST_ERROR_M, (text, distances[target])
