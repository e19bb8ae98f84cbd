# SPDX-License-Identifier: Apache-2.0
"""What the node and the command ``ris`` load; every import is paid for at every start."""
from pathlib import Path
import subprocess
import sys

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.slow

# Each takes from half a second to more than a second of CPU time, and none is used.
UNUSED = {
    'open_clip', 'torchvision', 'timm', 'torch._dynamo', 'torch.onnx', 'sympy', 'triton',
    'transformers', 'sklearn', 'pandas', 'matplotlib', 'openvino', 'ray', 'segment_anything'}
NODE = """
from ris_ros.node.ris_node import RisNode
from ris_ros.node.loading import load_models
from ris_ros.node.parameters import Settings
load_models(Settings())
"""
COMMAND = """
from ris_ros.cli.main import main
assert main(['ground', 'image.png', 'the red mug', '--out', 'answers']) == 0
"""


def modules_of(program, folder):
    """Run a program in a folder; return the names of the modules that it has loaded."""
    repository = Path(__file__).resolve().parents[3]
    out = subprocess.run(
        [sys.executable, '-c', f'import sys; sys.path.insert(0, {str(repository)!r})\n{program}\n'
         'print("modules", *sys.modules)'],
        check=True, capture_output=True, text=True, cwd=folder).stdout
    return set(out.splitlines()[-1].split())


@pytest.mark.parametrize('program', [NODE, COMMAND], ids=['node', 'ris ground'])
def test_no_library_is_loaded_that_is_not_used(program, tmp_path):
    cv2.imwrite(str(tmp_path / 'image.png'), np.full((120, 160, 3), 90, np.uint8))
    loaded = modules_of(program, tmp_path)
    assert {'torch', 'spacy', 'ris_ros.encoder.clip_library'} <= loaded
    assert not UNUSED & loaded


def test_the_node_is_there_before_the_libraries_of_its_models(tmp_path):
    loaded = modules_of('import ris_ros.node.ris_node', tmp_path)
    assert 'rclpy' in loaded
    assert not (UNUSED | {'torch', 'spacy'}) & loaded


def test_signals_are_heard_before_anything_else_is_loaded(tmp_path):
    loaded = modules_of('import ris_ros.node.entry; ris_ros.node.entry.end_on_signals()', tmp_path)
    assert not {'rclpy', 'numpy', 'yaml', 'torch'} & loaded
