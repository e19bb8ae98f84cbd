# SPDX-License-Identifier: Apache-2.0
"""The results of the benchmark as a table and as JSON."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
import math
import os
from pathlib import Path
import platform

import torch

from ris_lab.benchmark.curves import Curve
from ris_lab.benchmark.line import LineResult

_COLUMNS = ('what', 'threads', 'straightforward', 'ours', 'ratio', 'wanted', 'agreement', '')


def as_table(results: Sequence[LineResult]) -> str:
    """Return a Markdown table of CPU milliseconds."""
    rows = [_COLUMNS, ('---',) * len(_COLUMNS), *map(_row, results)]
    return '\n'.join(f'| {" | ".join(row)} |' for row in rows)


def as_json(results: Sequence[LineResult], curves: Sequence[Curve],
            left_out: Sequence[str]) -> dict[str, object]:
    """Return all results as plain JSON values, None where there is no value."""
    return {'machine': machine(), 'lines': [_record(result) for result in results],
            'curves': [asdict(curve) for curve in curves], 'left_out': list(left_out)}


def machine() -> dict[str, object]:
    """Describe this machine."""
    return {'cpu': _cpu_name(), 'cores': os.cpu_count(), 'instructions':
            torch.backends.cpu.get_cpu_capability(), 'python': platform.python_version(),
            'torch': torch.__version__}


def _row(result: LineResult) -> tuple[str, ...]:
    """Return a line's cells."""
    known = math.isfinite(result.plain_s)
    wanted = [f'≥ {result.at_least:g}×'] if result.at_least else []
    if math.isfinite(result.most_ms):
        wanted.append(f'≤ {result.most_ms:g} ms')
    agreement = result.agreement
    return (result.name, str(result.threads), _ms(result.plain_s) if known else '',
            _ms(result.ours_s), f'{result.ratio:.3g}×' if known else '', ', '.join(wanted),
            f'{agreement.what} {agreement.found:.2g}' if agreement else '', result.verdict)


def _record(result: LineResult) -> dict[str, object]:
    """Return a line as plain JSON values."""
    known = math.isfinite(result.plain_s)
    agreement = result.agreement
    return {
        'name': result.name, 'threads': result.threads,
        'plain_ms': round(1000 * result.plain_s, 3) if known else None,
        'ours_ms': round(1000 * result.ours_s, 3),
        'ratio': round(result.ratio, 2) if known else None,
        'at_least': result.at_least or None,
        'most_ms': result.most_ms if math.isfinite(result.most_ms) else None,
        'agreement': agreement and {**asdict(agreement), 'holds': agreement.holds},
        'verdict': result.verdict or None, 'note': result.note}


def _ms(seconds: float) -> str:
    """Return a time in milliseconds with three digits."""
    value = 1000 * seconds
    return f'{value:,.0f} ms' if value >= 100 else f'{value:.3g} ms'


def _cpu_name() -> str:
    """Return the CPU's name where the system tells it."""
    info = Path('/proc/cpuinfo')
    names = [line.partition(':')[2].strip() for line in
             (info.read_text().splitlines() if info.is_file() else ())
             if line.startswith('model name')]
    return names[0] if names else platform.processor() or platform.machine()
