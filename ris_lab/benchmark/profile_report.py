# SPDX-License-Identifier: Apache-2.0
"""What `ris bench --profiles` has measured, as numbers and as a page."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Wanted on an H100: milliseconds of an index, by profile, and of a command.
INDEX_MS = {'robot': 120.0, 'robot_edgetam': 40.0}
COMMAND_MS = 10.0
# The last third of the frames must not take more memory than the second one, but for this share.
_FLAT = 0.01


@dataclass(frozen=True)
class ProfileTimes:
    """What a profile costs in one precision; times are medians, by the clock unless said.

    Attributes:
        profile: Its name.
        precision: Of its models.
        masks: Number of masks in the index.
        proposals_ms: Milliseconds of the proposals alone, to the end of the work on the device.
        index_ms: The same of a whole index.
        index_cpu_ms: Milliseconds of CPU time of a whole index, over all threads.
        command_ms: Clock milliseconds of a command with new words on an indexed frame.
        least_cosine: Of a feature with the one in fp32, for the same masks.
        commands: Number of commands by which verdicts were compared.
        same_verdicts: Share of them with the status, objects and first candidate of fp32, for
            the same masks.
        wanted_index_ms: Of an index on an H100; None if nothing is asked.
    """

    profile: str
    precision: str
    masks: int
    proposals_ms: float
    index_ms: float
    index_cpu_ms: float
    command_ms: float
    least_cosine: float
    commands: int
    same_verdicts: float
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
        command_ms: Of a command of that profile: while nothing else runs, while frames are indexed
            in another thread, and on a GPU also then on a stream of its own.
        copy_ms: Milliseconds to copy a picture for Segment Anything to the device, from memory
            that is pinned and from memory that is not; empty on a CPU.
    """

    device: str
    times: tuple[ProfileTimes, ...]
    memory: MemoryCourse
    command_ms: dict[str, float]
    copy_ms: dict[str, float]

    def page(self) -> str:
        """Return the report as a page of Markdown."""
        rows = [f'# Profiles on {self.device}', '',
                'Clock times but for CPU, random weights; wanted are the times on an H100.', '',
                '| profile | precision | masks | proposals | index | wanted | index, CPU | command '
                '| wanted | least cosine with fp32 | verdicts of fp32 |', '| --- ' * 11 + '|']
        rows += [f'| {row.profile} | {row.precision} | {row.masks} | {row.proposals_ms:.1f} ms | '
                 f'{row.index_ms:.1f} ms | {_wanted(row.wanted_index_ms)} | '
                 f'{row.index_cpu_ms:.0f} ms | {row.command_ms:.1f} ms | '
                 f'{_wanted(COMMAND_MS)} | {row.least_cosine:.6f} | '
                 f'{100 * row.same_verdicts:.0f} % of {row.commands} |' for row in self.times]
        memory = self.memory
        course = ', '.join(f'{value:.0f}' for value in memory.megabytes)
        rows += ['', f'Memory of {memory.profile} over {memory.frames} frames, MB: {course}. '
                 f'It is {"flat" if memory.flat else "NOT flat"}.']
        rows += [f'A command of {memory.profile} {when}: {value:.1f} ms.'
                 for when, value in self.command_ms.items()]
        rows += [f'A picture of 1024 x 1024 pixels is copied to the device in {value:.2f} ms '
                 f'from {name} memory.' for name, value in self.copy_ms.items()]
        return '\n'.join(rows) + '\n'


def is_flat(megabytes: Sequence[float]) -> bool:
    """Tell whether the last third takes no more memory than the second one."""
    third = max(1, len(megabytes) // 3)
    return max(megabytes[-third:]) <= (1 + _FLAT) * max(megabytes[third:2 * third] or megabytes)


def _wanted(milliseconds: float | None) -> str:
    """Return a cell of the table."""
    return '' if milliseconds is None else f'≤ {milliseconds:g} ms'
