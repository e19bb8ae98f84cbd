# SPDX-License-Identifier: Apache-2.0
"""All lines of the benchmark, and measuring them.

To add lines, write a function that returns a list of Line and call it in `all_lines`; sums of
lines belong in `sums`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
import math

import cv2
import torch

from ris_lab.benchmark.clip_lines import clip_lines, precision_lines
from ris_lab.benchmark.command_lines import (
    EMBEDDED_INDEX,
    HOME_INDEX,
    command_line,
    embedded_lines,
    home_frames,
    home_lines,
    simulated_frame,
)
from ris_lab.benchmark.incremental_lines import incremental_lines
from ris_lab.benchmark.line import Line, LineResult, total
from ris_lab.benchmark.message_lines import message_lines
from ris_lab.benchmark.sam_lines import DECODER, decoder_line, sam_lines
from ris_lab.benchmark.scene import random_clip, random_sam
from ris_lab.benchmark.timing import measure
from ris_ros.pipeline import Pipeline
from ris_ros.precision import choose_dtype, cpu_has_bf16
from ris_ros.proposals.sam import in_precision

ARCHITECTURE = 'ViT-B-32-quickgelu'
# The precision that is measured beside fp32, on a CPU that computes with it.
_OTHER = 'bf16'
# CPU time of one thread beside that of several: these must not take twice as much.
_THREADS_AT_LEAST = 0.5
_QUICK = 2  # masks and points of the straightforward way, in a quick run


def all_lines(pipeline: Pipeline, texts: Iterator[str], precision: str,
              quick: bool) -> list[Line]:
    """Return the lines to measure.

    Args:
        pipeline: Of the profile embedded.
        texts: Commands that are new to it.
        precision: Measured beside fp32 where it is another one.
        quick: Let the straightforward way do less, and repeat nothing.
    """
    clip, sam, frame = random_clip(ARCHITECTURE), random_sam(), simulated_frame()
    few = {'few': _QUICK} if quick else {}
    points = {'points': 2 * _QUICK} if quick else {}
    lines = [*clip_lines(clip, **few), *sam_lines(sam, **points),
             command_line(pipeline, clip), *embedded_lines(pipeline, frame, texts),
             *home_lines(home_frames()), *incremental_lines(pipeline),
             *message_lines()]
    dtype = choose_dtype(precision, torch.device('cpu'))
    if dtype != torch.float32:
        lines += precision_lines(clip, random_clip(ARCHITECTURE, _OTHER), _OTHER)
        lines.append(decoder_line(sam, in_precision(random_sam(), _OTHER), _OTHER, **points))
    return [replace(line, repeats=1) for line in lines] if quick else lines


def left_out(precision: str, lines: Sequence[Line]) -> list[str]:
    """Return a sentence for each part that is not measured on this machine."""
    found = []
    if choose_dtype(precision, torch.device('cpu')) == torch.float32:
        found.append('features in bf16: ' + (
            'fp32 was asked for' if cpu_has_bf16() else 'this CPU has no bf16 instructions'))
    found.append('features in int8: there is no such precision')
    if not any(line.name.startswith('image message') for line in lines):
        found.append('image messages: ROS is not installed')
    return [f'Not measured: {reason}.' for reason in found]


def run(lines: Sequence[Line], threads: Iterable[int], tell: Callable[[LineResult], None],
        most_seconds: float = math.inf) -> list[LineResult]:
    """Measure all lines at each number of threads.

    Args:
        lines: To measure.
        threads: Numbers of threads for torch and OpenCV.
        tell: Called with each result, for a progress bar.
        most_seconds: CPU time after which a line is not repeated any more.

    Returns:
        The results, and after those of each number of threads their sums.
    """
    results: list[LineResult] = []
    for count in threads:
        with _threads(count):
            of_count = []
            for line in lines:
                of_count.append(_measure(line, count, most_seconds))
                tell(of_count[-1])
        results += [*of_count, *sums(of_count)]
    return [*results, *thread_ratios(results)]


def thread_ratios(results: Sequence[LineResult]) -> list[LineResult]:
    """Compare the CPU time of indexes on several threads with that on one."""
    found = []
    for name in (EMBEDDED_INDEX, HOME_INDEX):
        alone = [result for result in results if (result.name, result.threads) == (name, 1)]
        found += [replace(result, name=f'{name}: more threads', plain_s=one.ours_s,
                          at_least=_THREADS_AT_LEAST, most_ms=math.inf,
                          note='against the CPU time of one thread')
                  for one in alone for result in results
                  if result.name == name and result.threads > 1]
    return found


def sums(results: Sequence[LineResult]) -> list[LineResult]:
    """Add up the results of one number of threads to whole indexes and a rerun."""
    found = {result.name: result for result in results}
    decoder, upsampling = found[DECODER], found['mask upsampling, per 48 masks']
    inputs = [(found[name], 1) for name in (
        'crops, token masks, boxes, 50 masks', 'text, 2 prompts')]
    rest = [(found[name], 1) for name in (
        'global features, 50 masks, ViT-B/32', 'local features, 50 crops, ViT-B/32')] + inputs
    blocks = [(found['SAM encoder, block with global attention'], 4),
              (found['SAM encoder, block with windows'], 8)]
    index = total('whole index but the SAM encoder, 64 points, 50 masks',
                  [(decoder, 64), (upsampling, 4), *rest])
    other = f'{DECODER}, {_OTHER}'
    in_other = [total(
        f'whole index but the SAM encoder, 64 points, 50 masks, {_OTHER}',
        [(found[other], 64), (upsampling, 4), *inputs, *(
            (found[f'{kind} features, {_OTHER}'], 1) for kind in ('global', 'local'))],
        at_least=5)] if other in found else []
    full = total('whole index, 1024 points, 50 masks',
                 [*blocks, (decoder, 1024), (upsampling, 64), *rest])
    command = found['a new command on an indexed frame']
    rerun = replace(command, name='a new command against a rerun of all', plain_s=full.plain_s,
                    at_least=1000, note='the line above it and the straightforward whole index')
    return [index, *in_other, full, rerun]


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let torch and OpenCV use this number of threads."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(count)
    cv2.setNumThreads(count)
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


def _measure(line: Line, threads: int, most_seconds: float) -> LineResult:
    """Measure one line."""
    ways = {'ours': line.ours} | ({'plain': line.plain} if line.plain else {})
    found = measure(ways, line.repeats, most_seconds)
    plain = found['plain'].seconds if line.plain else math.nan
    agreement = (line.agree(found['ours'].result, found['plain'].result)
                 if line.agree else None)
    return LineResult(line.name, threads, plain / line.plain_share,
                  found['ours'].seconds / line.ours_share, line.at_least, line.most_ms,
                  agreement, line.note)
