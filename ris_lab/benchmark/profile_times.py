# SPDX-License-Identifier: Apache-2.0
"""What an index and a command of each profile cost on a device (`ris bench --profiles`)."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
import itertools
import json
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

import numpy as np
import torch
from tqdm import tqdm

from ris_lab.benchmark.command_lines import new_commands, simulated_frame
from ris_lab.benchmark.device_clock import (
    beside_each_other,
    copy_times,
    cpu_milliseconds,
    milliseconds,
)
from ris_lab.benchmark.profile_report import (
    INDEX_MS,
    MemoryCourse,
    ProfileReport,
    ProfileTimes,
    is_flat,
)
from ris_lab.benchmark.random_profiles import write_random_profile
from ris_ros.frame import Frame
from ris_ros.grounding.result import Grounding
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.household import COLOURS
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status

_SAMPLES = 30
# Nouns by which verdicts are compared, beside all colours.
_NOUNS = 36


def bench_profiles(out: Path, profiles: Sequence[str], device: str, precisions: Sequence[str],
                   repeats: int, frames: int, small: bool) -> ProfileReport:
    """Measure profiles and write profiles.json and profiles.md.

    Args:
        out: Folder for the files.
        profiles: Their names; the memory of the last one is watched.
        device: 'cuda', or 'cpu'.
        precisions: Of the models, beside fp32 by which they are judged.
        repeats: Runs that count.
        frames: Number of frames over which memory is watched.
        small: Take models of a few blocks.
    """
    frame, times = simulated_frame(), []
    pipeline = None
    with TemporaryDirectory() as folder:
        for name in tqdm(profiles, unit='profile', file=sys.stderr):
            path = write_random_profile(name, Path(folder) / name, small)
            exact = Pipeline.load(path, device=device, precision='fp32')
            masks = exact.proposer.propose(frame)
            for precision in precisions:
                pipeline = (exact if precision == 'fp32'
                            else Pipeline.load(path, device=device, precision=precision))
                times.append(_times(name, precision, pipeline, exact, frame, masks, repeats))
    report = ProfileReport(
        _device_name(device), tuple(times),
        watch_memory(profiles[-1], pipeline, frame, frames, device),
        _beside_an_index(pipeline, frame, device, repeats), copy_times(device, repeats))
    out.mkdir(parents=True, exist_ok=True)
    (out / 'profiles.json').write_text(json.dumps(asdict(report), indent=1) + '\n')
    (out / 'profiles.md').write_text(report.page())
    return report


def watch_memory(name: str, pipeline: Pipeline, frame: Frame, frames: int,
                 device: str) -> MemoryCourse:
    """Index a picture and its mirror image in turn, and note the memory.

    Args:
        name: Of the profile.
        pipeline: Of that profile.
        frame: With depth.
        frames: Number of frames.
        device: 'cuda', or 'cpu'.
    """
    mirrored = replace(frame, image=np.ascontiguousarray(frame.image[:, ::-1]),
                       depth=np.ascontiguousarray(frame.depth[:, ::-1]))
    step, found = max(1, frames // _SAMPLES), []
    for number, picture in zip(range(1, frames + 1), itertools.cycle([frame, mirrored]),
                               strict=False):
        pipeline.index(replace(picture))
        if number % step == 0:
            found.append(_megabytes(device))
    return MemoryCourse(name, frames, tuple(found), is_flat(found))


def verdict_agreement(one: Pipeline, scene: SceneIndex, other: Pipeline, same: SceneIndex,
                      texts: Sequence[str]) -> float:
    """Return the share of texts for which two pipelines give the same verdict.

    It is the same if status, objects and first candidate are.

    Args:
        one: A pipeline.
        scene: A scene of that pipeline.
        other: Another pipeline.
        same: The scene of the other pipeline with the same masks.
        texts: Commands.
    """
    return sum(_verdict(one.ground(scene, text)) == _verdict(other.ground(same, text))
               for text in texts) / len(texts)


def _verdict(answer: Grounding) -> tuple[Status, frozenset[int], list[int]]:
    """Return the status of an answer, the numbers of its objects and that of the likeliest one."""
    return (answer.status, frozenset(found.proposal for found in answer.objects),
            [found.proposal for found in answer.candidates[:1]])


def _times(name: str, precision: str, pipeline: Pipeline, exact: Pipeline, frame: Frame,
           masks: np.ndarray, repeats: int) -> ProfileTimes:
    """Time an index and a command, and compare them with those in fp32."""
    ours, theirs = pipeline.index(frame, masks), exact.index(frame, masks)
    asked = [*(f'the {noun}' for noun in pipeline.nouns[:_NOUNS]),
             *(f'the {colour} thing' for colour in COLOURS)]
    same = verdict_agreement(pipeline, ours, exact, theirs, asked)
    scene, texts = pipeline.index(frame), new_commands()
    return ProfileTimes(
        name, precision, len(scene.masks),
        milliseconds(lambda: pipeline.proposer.propose(replace(frame)), repeats),
        milliseconds(lambda: pipeline.index(replace(frame)), repeats),
        cpu_milliseconds(lambda: pipeline.index(replace(frame)), repeats),
        milliseconds(lambda: pipeline.ground(scene, next(texts)), 3 * repeats),
        _least_cosine(ours.features, theirs.features), len(asked), same, INDEX_MS.get(name))


def _beside_an_index(pipeline: Pipeline, frame: Frame, device: str,
                     repeats: int) -> dict[str, float]:
    """Time commands while another thread indexes, as in the node."""
    scene, texts = pipeline.index(frame), new_commands()
    return beside_each_other(lambda: pipeline.ground(scene, next(texts)),
                             lambda: pipeline.index(replace(frame)), device, 3 * repeats)


def _least_cosine(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the least cosine of features with the exact ones; 1 if there are none."""
    cosines = torch.cosine_similarity(torch.from_numpy(found), torch.from_numpy(exact))
    return float(cosines.min()) if len(cosines) else 1.0


def _megabytes(device: str) -> float:
    """Return the memory that torch holds of a GPU, or that of this process."""
    if device.startswith('cuda'):
        return torch.cuda.memory_reserved(device) / 1e6
    pages = int(Path('/proc/self/statm').read_text(encoding='ascii').split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / 1e6


def _device_name(device: str) -> str:
    """Return the name of a device."""
    return torch.cuda.get_device_name(device) if device.startswith('cuda') else device
