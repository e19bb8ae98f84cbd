# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the stages from its start to the files that it writes."""
from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
import sys

from tqdm import tqdm

from ris_lab.benchmark.command_lines import new_commands, simulated_frame
from ris_lab.benchmark.curves import CURVES, Curve, measure_curves
from ris_lab.benchmark.line import LineResult
from ris_lab.benchmark.plot import draw_curves
from ris_lab.benchmark.report import as_json, as_table, machine
from ris_lab.benchmark.run import all_lines, left_out, run
from ris_ros.image_files import write_image
from ris_ros.pipeline import Pipeline
from ris_ros.process import use_one_blas_thread

# CPU seconds after which a line is not repeated any more.
_MOST_SECONDS, _MOST_SECONDS_QUICK = 20.0, 2.0


def bench_stages(out: Path, threads: Sequence[int], precision: str,
                 quick: bool) -> tuple[str, dict[str, object]]:
    """Measure all stages and write benchmark.json, table.md and, unless quick, curves.png.

    Args:
        out: Folder for the files.
        threads: Numbers of threads to measure with.
        precision: 'auto', 'fp32' or 'bf16'; measured beside fp32 where it is another one.
        quick: Less work for the straightforward ways, nothing repeated, no curves.

    Returns:
        The results as a Markdown table, and as plain JSON values.
    """
    use_one_blas_thread()
    pipeline, texts = Pipeline.load('embedded'), new_commands()
    lines = all_lines(pipeline, texts, precision, quick)
    curves: list[Curve] = []
    with tqdm(total=len(lines) * len(threads) + (0 if quick else CURVES), unit='line',
              file=sys.stderr) as bar:
        def tell(result: LineResult) -> None:
            bar.set_postfix_str(result.name)
            bar.update()
        results = run(lines, threads, tell, _MOST_SECONDS_QUICK if quick else _MOST_SECONDS)
        if not quick:
            for curve in measure_curves(pipeline, simulated_frame(), texts):
                curves.append(curve)
                bar.set_postfix_str(curve.title)
                bar.update()
    missing = left_out(precision, lines)
    table = '\n\n'.join([as_table(results), *missing])
    values = as_json(results, curves, missing)
    out.mkdir(parents=True, exist_ok=True)
    (out / 'benchmark.json').write_text(json.dumps(values, indent=1) + '\n')
    (out / 'table.md').write_text(f'{machine()}\n\n{table}\n')
    if curves:
        write_image(out / 'curves.png', draw_curves(curves))
    return table, values
