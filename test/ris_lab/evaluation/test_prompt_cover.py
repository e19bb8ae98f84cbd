# SPDX-License-Identifier: Apache-2.0
"""The prompts that lie on objects are counted from the labels of a scene."""
import numpy as np

from ris_lab.evaluation.prompt_cover import PromptWay, measure_prompts, prompt_frame
from ris_ros import Frame
from ris_ros.proposals.embedded import EmbeddedProposer


def test_points_of_a_grid_are_counted_on_each_object():
    labels = np.zeros((80, 80), np.uint8)
    labels[:20, :20] = 1  # four points of the grid
    labels[40:60, 46:54] = 2  # between two columns
    labels[79, 79] = 3  # too small to count
    found = prompt_frame(PromptWay.GRID_8, Frame(np.zeros((80, 80, 3), np.uint8)), labels, None)
    assert found.count == 64
    assert found.hits.tolist() == [4, 0]


def test_object_that_the_proposer_sees_has_a_prompt():
    image = np.full((240, 320, 3), 170, np.uint8)
    labels = np.zeros((240, 320), np.uint8)
    labels[100:130, 150:190] = 1
    image[labels == 1] = 200, 30, 30
    found = prompt_frame(PromptWay.OBJECTS_IN_COLOUR, Frame(image), labels, EmbeddedProposer())
    assert found.count <= 64
    assert found.hits[0] >= 1


def test_table_has_a_row_for_each_way(capsys):
    measure_prompts(seed=5, scenes=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(PromptWay)
