"""Figures as a table and as JSON."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
import math
import os
from pathlib import Path
import platform

import torch

from ris_lab.benchmark.curves import Curve
from ris_lab.benchmark.line import Figure

_COLUMNS = ('what', 'threads', 'straightforward', 'ours', 'ratio', 'wanted', 'agreement', '')


def as_table(figures: Sequence[Figure]) -> str:
    """Return a Markdown table of CPU milliseconds."""
    rows = [_COLUMNS, ('---',) * len(_COLUMNS), *map(_row, figures)]
    return '\n'.join(f'| {" | ".join(row)} |' for row in rows)


def as_json(figures: Sequence[Figure], curves: Sequence[Curve],
            left_out: Sequence[str]) -> dict[str, object]:
    """Return all that was measured as plain JSON values, None for what is not there."""
    return {'machine': machine(), 'lines': [_record(figure) for figure in figures],
            'curves': [asdict(curve) for curve in curves], 'left_out': list(left_out)}


def machine() -> dict[str, object]:
    """Return what was measured on."""
    return {'cpu': _cpu_name(), 'cores': os.cpu_count(), 'instructions':
            torch.backends.cpu.get_cpu_capability(), 'python': platform.python_version(),
            'torch': torch.__version__}


def _row(figure: Figure) -> tuple[str, ...]:
    """Return a line's cells."""
    known = math.isfinite(figure.plain_s)
    wanted = [f'≥ {figure.at_least:g}×'] if figure.at_least else []
    if math.isfinite(figure.most_ms):
        wanted.append(f'≤ {figure.most_ms:g} ms')
    agreement = figure.agreement
    return (figure.name, str(figure.threads), _ms(figure.plain_s) if known else '',
            _ms(figure.ours_s), f'{figure.ratio:.3g}×' if known else '', ', '.join(wanted),
            f'{agreement.what} {agreement.found:.2g}' if agreement else '', figure.verdict)


def _record(figure: Figure) -> dict[str, object]:
    """Return a line as plain JSON values."""
    known = math.isfinite(figure.plain_s)
    agreement = figure.agreement
    return {
        'name': figure.name, 'threads': figure.threads,
        'plain_ms': round(1000 * figure.plain_s, 3) if known else None,
        'ours_ms': round(1000 * figure.ours_s, 3),
        'ratio': round(figure.ratio, 2) if known else None,
        'at_least': figure.at_least or None,
        'most_ms': figure.most_ms if math.isfinite(figure.most_ms) else None,
        'agreement': agreement and {**asdict(agreement), 'holds': agreement.holds},
        'verdict': figure.verdict or None, 'note': figure.note}


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
