# SPDX-License-Identifier: Apache-2.0
"""A node whose CLIP has an image tower of timm."""
from ros_graph import running
from timm_clips import write_model, write_profile

from ris_ros.msg import Grounding


def test_a_node_answers_with_pe_core(domain, client, tmp_path):
    folder = write_model(tmp_path / 'pe_core', 'pe_core')
    profile = str(write_profile(tmp_path / 'pe_core.yaml', folder))
    with running('ris_sim.node.camera', domain, seed=3, rate=3.0, width=320,
                 height=240), \
            running('ris_ros.node.ris_node', domain, profile=profile, max_image_age=60.0):
        client.await_active()
        answers = []

        def is_found():
            answers.append(client.ask('the largest object'))
            return answers[-1].status == Grounding.FOUND
        client.wait(is_found, 'an answer')
        assert answers[-1].position_status == Grounding.FOUND
        assert not answers[-1].calibrated
