# SPDX-License-Identifier: Apache-2.0
"""A report in one HTML file: the figures, and for each kind small pictures of what happened."""
from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

import cv2
import numpy as np

from ris_lab.evaluation.metrics import iou
from ris_lab.evaluation.pictures import draw_case
from ris_lab.evaluation.verdicts import VERDICTS, Case

_STYLE = """
body { font: 15px/1.4 sans-serif; margin: 2em; color: #222; background: #fff; }
pre { background: #f4f4f4; padding: 1em; overflow-x: auto; }
figure { display: inline-block; width: 300px; margin: 0 10px 14px 0; vertical-align: top; }
img { width: 300px; display: block; }
figcaption { font-size: 13px; }
.right { border-left: 5px solid #2c9f45; padding-left: 10px; }
.wrong { border-left: 5px solid #d03030; padding-left: 10px; }
.refused { border-left: 5px solid #c9a227; padding-left: 10px; }
"""
_JPEG_QUALITY = 80
# Pictures for each kind and verdict.
_SHOWN = 4


def make_report(title: str, table: str, cases: Mapping[str, Sequence[Case]]) -> str:
    """Return the text of an HTML file that needs no other.

    Args:
        title: Heading of the report.
        table: The figures as lines of text.
        cases: Cases by the source of their proposals. The report shows a few of each kind and
            verdict, spread evenly.
    """
    parts = [f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
             f'<title>{escape(title)}</title><style>{_STYLE}</style></head><body>'
             f'<h1>{escape(title)}</h1><pre>{escape(table)}</pre>'
             '<p>Green: what was meant. Red: what was answered.</p>']
    for name, some in cases.items():
        parts.append(f'<h2>{escape(name[:1].upper() + name[1:])}</h2>')
        for kind in sorted({case.sample.kind for case in some}):
            parts.append(f'<h3>{escape(kind)}</h3>')
            parts += [_row([case for case in some
                            if (case.sample.kind, case.verdict) == (kind, verdict)], verdict)
                      for verdict in VERDICTS]
    return '\n'.join([*parts, '</body></html>\n'])


def _row(cases: Sequence[Case], verdict: str) -> str:
    """Return the pictures of one kind and verdict."""
    if not cases:
        return ''
    places = np.unique(np.linspace(0, len(cases) - 1, min(_SHOWN, len(cases))).astype(int))
    figures = ''.join(_figure(cases[place]) for place in places)
    return (f'<div class="{verdict}"><p>{verdict}: {len(places)} of {len(cases)}</p>{figures}'
            '</div>')


def _figure(case: Case) -> str:
    record = case.record
    told = (record['status'] + (f', IoU {iou(record["i"], record["u"]):.2f}' if 'i' in record
                                else ', not there'))
    said = escape(' / '.join((*case.sample.before, case.sentence)))
    return (f'<figure><img alt="{said}" src="{_data_uri(case)}"><figcaption>'
            f'<b>{said}</b><br>{escape(told)}<br>{escape(record["key"])}'
            '</figcaption></figure>')


def _data_uri(case: Case) -> str:
    """Return the picture of a case as text that stands in place of a file's address."""
    pixels = cv2.cvtColor(draw_case(case.sample, case.record), cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return 'data:image/jpeg;base64,' + base64.b64encode(data.tobytes()).decode()
