# SPDX-License-Identifier: Apache-2.0
"""The commands that README, CONTRIBUTING, docs/ and training show, and why some are not run."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
import re

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r'^( *)```(\w*)\n(.*?)^\1```', re.MULTILINE | re.DOTALL)
# A comment behind a command: two blanks at least, so that '#sha256' and anchors are none.
_COMMENT = re.compile(r'\s+# .*$')


class Reason(Enum):
    """Why a command that the docs show is not run by test_documented_commands.py."""

    ROS = 'the ros2 command is not among the wheels of ROS; the form is checked'
    ROOT = 'it installs with root rights, or for the whole computer'
    ROBOT = 'it needs a camera, a robot, Gazebo, MoveIt or Nav2'
    GPU = 'it needs a GPU'
    DOCKER = 'it needs Docker'
    DOWNLOAD = 'it downloads, or needs weights or data that are downloaded'
    MINUTES = 'it takes too long; a test of its own runs it on less'
    STAYS = 'it runs until Ctrl+C; a test of its own starts it'
    ITSELF = 'it is what runs the tests'


# The beginning of a command -> why it is not run. Every other command is.
NOT_RUN = {
    'ros2 ': Reason.ROS,
    'colcon ': Reason.ROS,
    'python -m colcon ': Reason.ROS,
    'source ': Reason.ROS,
    'rosdep ': Reason.ROS,
    'export ROS_SECURITY': Reason.ROS,
    'ROS_SECURITY_ENCLAVE_OVERRIDE': Reason.ROS,
    'for name in ris_node ris_client; do': Reason.ROS,
    'done': Reason.ROS,
    'sudo ': Reason.ROOT,
    'pip install': Reason.DOWNLOAD,
    'pip-audit': Reason.DOWNLOAD,
    'mkdir -p ~/ris_ws': Reason.DOWNLOAD,
    'python3 -m venv': Reason.DOWNLOAD,
    'cd "$(python -c': Reason.DOWNLOAD,
    'diff -r en_core_web_sm': Reason.DOWNLOAD,
    'scripts/': Reason.ITSELF,
    '.venv/bin/': Reason.ITSELF,
    '.venv_docs/bin/': Reason.DOWNLOAD,
    'docker ': Reason.DOCKER,
    'IMAGE_TOPIC=': Reason.DOCKER,
    'export TORCH=cuda': Reason.DOCKER,
    'ris models fetch': Reason.DOWNLOAD,
    'ris evaluate --all': Reason.DOWNLOAD,
    'ris evaluate --dataset refcocog': Reason.DOWNLOAD,
    'ris evaluate --dataset simulation': Reason.MINUTES,
    'ris evaluate --dataset pictures --root PICTURES': Reason.DOWNLOAD,
    'ris evaluate --dataset pictures --root MORE': Reason.DOWNLOAD,
    'ris ground picture.png "the red mug" --profile tabletop': Reason.DOWNLOAD,
    'ris ground picture.png "the red mug" --profile mine.yaml': Reason.DOWNLOAD,
    'ris calibrate': Reason.MINUTES,
    'ris simulate --seed 281128 --scenes 300': Reason.MINUTES,
    'ris bench --gpu': Reason.GPU,
    'ris bench --profiles --device cuda': Reason.GPU,
    'ris bench --node --device cuda': Reason.GPU,
    'PYTHONPATH=.:test pytest --noconftest test/ris_ros/test_cuda.py': Reason.GPU,
    'ris bench': Reason.MINUTES,
    'ris fuzz': Reason.MINUTES,
    'ris measure voice': Reason.MINUTES,
    'ris train': Reason.MINUTES,
    'ris renderers': Reason.MINUTES,
    'python3.11 -m venv': Reason.DOWNLOAD,
    'MUJOCO_GL=egl': Reason.DOWNLOAD,
    'blender_env/bin/python': Reason.DOWNLOAD,
    'for renderer in builtin mujoco blender': Reason.MINUTES,
    'do ris renderers': Reason.MINUTES,
    'apt-get install': Reason.ROOT,
    'ris label': Reason.STAYS,
    'ris console': Reason.STAYS,
    'ris mcp': Reason.STAYS,
    'ris pool serve': Reason.STAYS,
    'ris pool bench': Reason.MINUTES,
    'ris_camera': Reason.STAYS,
    'ris_node': Reason.STAYS,
    'python3 examples/': Reason.STAYS,
}


@dataclass(frozen=True)
class Shown:
    """A command, or a program in Python, that a page shows.

    Attributes:
        page: The path of the page in the repository.
        text: The command in one line without its comment, or the lines of the program.
        is_python: Whether it is a program.
    """

    page: str
    text: str
    is_python: bool = False

    @property
    def reason(self) -> Reason | None:
        """Return why no test runs it, None where one does."""
        found = [reason for start, reason in NOT_RUN.items() if self.text.startswith(start)]
        return found[0] if found else None


def pages() -> list[Path]:
    """Return the pages whose commands count."""
    return [ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', *sorted((ROOT / 'docs').rglob('*.md')),
            *sorted((ROOT / 'ris_lab' / 'training').rglob('*.md'))]


def shown() -> list[Shown]:
    """Return all that the pages show in fenced blocks, data and output left out."""
    found = []
    for path in pages():
        page = path.relative_to(ROOT).as_posix()
        for indent, language, body in _BLOCK.findall(path.read_text()):
            text = '\n'.join(line[len(indent):] for line in body.splitlines())
            if language == 'python':
                found.append(Shown(page, text, is_python=True))
            elif language in ('', 'bash', 'sh') and not text.startswith(' '):  # output and drawings
                found += [Shown(page, command) for command in commands(text)]
    return found


def commands(text: str) -> list[str]:
    """Return the commands of a block, each in one line and without its comment."""
    lines = re.sub(r'\s*\\\n\s*', ' ', text).splitlines()
    return [command for line in lines if (command := _COMMENT.sub('', line).strip())]
