"""What an index and a command of each profile cost on a device (`ris bench --profiles`)."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
import itertools
import json
import os
from pathlib import Path
import statistics
import sys
import time

import numpy as np
import torch
from tqdm import tqdm

from ris_lab.benchmark.command_lines import new_commands, simulated_frame
from ris_lab.benchmark.random_profiles import random_pipeline
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline

# Wanted on an H100: milliseconds of an index, by profile, and of a command.
INDEX_MS = {'robot': 120.0, 'robot_edgetam': 40.0}
COMMAND_MS = 10.0
# The last third of the frames must not take more memory than the second one, but for this share.
_FLAT = 0.01
_SAMPLES = 30


@dataclass(frozen=True)
class ProfileTimes:
    """What a profile costs in one precision.

    Attributes:
        profile: Its name.
        precision: Of its models.
        masks: Number of masks in the index.
        index_ms: Median clock milliseconds of an index, to the end of the work on the device.
        command_ms: The same of a command with new words on an indexed frame.
        least_cosine: Of a feature with the one in fp32, for the same masks.
        wanted_index_ms: Of an index on an H100; None if nothing is asked.
    """

    profile: str
    precision: str
    masks: int
    index_ms: float
    command_ms: float
    least_cosine: float
    wanted_index_ms: float | None


@dataclass(frozen=True)
class MemoryCourse:
    """Memory while one frame after the other is indexed.

    Attributes:
        profile: Its name.
        frames: How many.
        megabytes: After equal numbers of frames: of the device, or of the process on a CPU.
        flat: Whether the last third stays within one per cent of the second one.
    """

    profile: str
    frames: int
    megabytes: tuple[float, ...]
    flat: bool


@dataclass(frozen=True)
class ProfileReport:
    """The results of `ris bench --profiles`.

    Attributes:
        device: As torch names it.
        times: Of each profile and precision.
        memory: Of the last profile, in the last precision.
        copy_ms: Milliseconds to copy a picture for Segment Anything to the device, from memory
            that is pinned and from memory that is not; empty on a CPU.
    """

    device: str
    times: tuple[ProfileTimes, ...]
    memory: MemoryCourse
    copy_ms: dict[str, float]

    def page(self) -> str:
        """Return the report as a page of Markdown."""
        rows = [f'# Profiles on {self.device}', '',
                'Clock times, random weights; wanted are the times on an H100.', '',
                '| profile | precision | masks | index | wanted | command | wanted | least cosine '
                'with fp32 |', '| --- ' * 8 + '|']
        rows += [f'| {row.profile} | {row.precision} | {row.masks} | {row.index_ms:.1f} ms | '
                 f'{_wanted(row.wanted_index_ms)} | {row.command_ms:.1f} ms | '
                 f'{_wanted(COMMAND_MS)} | {row.least_cosine:.6f} |' for row in self.times]
        memory = self.memory
        course = ', '.join(f'{value:.0f}' for value in memory.megabytes)
        rows += ['', f'Memory of {memory.profile} over {memory.frames} frames, MB: {course}. '
                 f'It is {"flat" if memory.flat else "NOT flat"}.']
        rows += [f'A picture of 1024 x 1024 pixels is copied to the device in {value:.2f} ms '
                 f'from {name} memory.' for name, value in self.copy_ms.items()]
        return '\n'.join(rows) + '\n'


def bench_profiles(out: Path, profiles: Sequence[str], device: str, precisions: Sequence[str],
                   repeats: int, frames: int, small: bool) -> ProfileReport:
    """Measure profiles and write profiles.json and profiles.md.

    Args:
        out: Folder for the files.
        profiles: Their names; the memory of the last one is watched.
        device: 'cuda', or 'cpu'.
        precisions: Of the models, beside fp32 of which their features are judged.
        repeats: Runs that count.
        frames: Number of frames over which memory is watched.
        small: Take models of a few blocks.
    """
    frame, times = simulated_frame(), []
    pipeline = None
    for name in tqdm(profiles, unit='profile', file=sys.stderr):
        exact = random_pipeline(name, device, 'fp32', small)
        masks = exact.proposer.propose(frame)
        features = exact.index(frame, masks).features
        for precision in precisions:
            pipeline = (exact if precision == 'fp32'
                        else random_pipeline(name, device, precision, small))
            times.append(_times(name, precision, pipeline, frame, repeats,
                                _least_cosine(pipeline.index(frame, masks).features, features)))
    report = ProfileReport(_device_name(device), tuple(times),
                           watch_memory(profiles[-1], pipeline, frame, frames, device),
                           _copy_times(repeats) if device.startswith('cuda') else {})
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


def is_flat(megabytes: Sequence[float]) -> bool:
    """Tell whether the last third takes no more memory than the second one."""
    third = max(1, len(megabytes) // 3)
    return max(megabytes[-third:]) <= (1 + _FLAT) * max(megabytes[third:2 * third] or megabytes)


def _times(name: str, precision: str, pipeline: Pipeline, frame: Frame, repeats: int,
           cosine: float) -> ProfileTimes:
    """Time an index and a command."""
    texts, scene = new_commands(), pipeline.index(frame)
    return ProfileTimes(
        name, precision, len(scene.masks),
        _milliseconds(lambda: pipeline.index(replace(frame)), repeats),
        _milliseconds(lambda: pipeline.ground(scene, next(texts)), 3 * repeats),
        cosine, INDEX_MS.get(name))


def _milliseconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median clock time of some work, after a run that warms up."""
    return 1000 * statistics.median(itertools.islice(_clock(work), 1, repeats + 1))


def _clock(work: Callable[[], object]) -> Iterator[float]:
    """Yield the seconds of each run, to the end of what it began on a GPU."""
    while True:
        _wait()
        start = time.perf_counter()
        work()
        _wait()
        yield time.perf_counter() - start


def _wait() -> None:
    """Wait for the GPU, if there is one in use."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.synchronize()


def _copy_times(repeats: int) -> dict[str, float]:
    """Return the milliseconds of a copy to the GPU."""
    picture = torch.zeros(3, 1024, 1024)
    pinned = picture.pin_memory()
    return {'pinned': _milliseconds(lambda: pinned.to('cuda', non_blocking=True), 10 * repeats),
            'pageable': _milliseconds(lambda: picture.to('cuda'), 10 * repeats)}


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


def _wanted(milliseconds: float | None) -> str:
    """Return a cell of the table."""
    return '' if milliseconds is None else f'≤ {milliseconds:g} ms'
