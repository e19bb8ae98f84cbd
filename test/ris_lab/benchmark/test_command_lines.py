# SPDX-License-Identifier: Apache-2.0
"""The line of a command with another CLIP asks that CLIP."""
import itertools

import open_clip
import torch

from ris_lab.benchmark.command_lines import command_line, new_commands
from ris_ros.encoder.backbone import backbone_from_state
from ris_ros.grounding.result import Grounding
from ris_ros.pipeline import Pipeline

ARCHITECTURE = 'ViT-B-32-quickgelu'


def test_a_command_is_rated_by_the_given_clip(tmp_path, monkeypatch):
    config = open_clip.get_model_config(ARCHITECTURE)
    config['vision_cfg'] |= {'layers': 3, 'width': 64}
    config['text_cfg'] |= {'layers': 1, 'width': 64, 'heads': 1}
    monkeypatch.setattr('ris_ros.encoder.backbone.model_config', lambda name: config)
    torch.manual_seed(0)
    backbone = backbone_from_state(ARCHITECTURE, open_clip.CLIP(**config).state_dict())
    asked = []
    backbone.model.transformer.register_forward_hook(lambda *call: asked.append(1))
    backbone.model.transformer.resblocks[0].ln_1.register_forward_hook(
        lambda *call: asked.append(1))
    answer = command_line(Pipeline.load('embedded'), backbone).ours()
    assert isinstance(answer, Grounding)
    assert len(answer.candidates) > 3
    assert asked


def test_each_command_is_new():
    texts = list(itertools.islice(new_commands(), 192))
    phrases = [phrase for text in texts
               for phrase in text.removeprefix('pick up the ').split(' next to the ')]
    assert len(set(phrases)) == len(phrases) == 384
