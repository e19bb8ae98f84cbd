# SPDX-License-Identifier: Apache-2.0
"""Figures that others have published, each with the paper or repository that they belong to.

The papers' own tables could not be opened when this was written. ReLA's figures are from its
repository, whose table names no split. All others are from summaries of the papers: look into the
paper before you quote one.
"""
from __future__ import annotations

from dataclasses import dataclass

_YU = 'Yu et al., CVPR 2023 (arXiv 2303.17811), as quoted in'
_REFDIFF = 'Ni et al., Ref-Diff, arXiv 2308.16777'
_RELA = 'Liu et al., GRES, CVPR 2023: github.com/henghuiding/ReLA, whose table names no split'


@dataclass(frozen=True)
class PublishedFigure:
    """One figure of one method.

    Attributes:
        dataset: Name as for `read_samples`.
        split: Name of the split.
        measure: Name as in our own figures.
        value: In per cent.
        method: Name of the method.
        source: Where the figure stands.
        split_by: Who divided the data set, for RefCOCO and its kin.
        trained: Whether the method was trained on such data; all others were not.
    """

    dataset: str
    split: str
    measure: str
    value: float
    method: str
    source: str
    split_by: str = ''
    trained: bool = False


PUBLISHED = (
    PublishedFigure('refcoco', 'val', 'mIoU', 26.2, 'Global-Local CLIP (the paper)',
                    f'{_YU} {_REFDIFF}', 'unc'),
    PublishedFigure('refcoco+', 'val', 'mIoU', 27.8, 'Global-Local CLIP (the paper)',
                    f'{_YU} {_REFDIFF}', 'unc'),
    PublishedFigure('refcocog', 'val', 'mIoU', 33.5, 'Global-Local CLIP (the paper)',
                    f'{_YU} {_REFDIFF}', 'umd'),
    PublishedFigure('refcoco', 'val', 'mIoU', 37.2, 'Ref-Diff', _REFDIFF, 'unc'),
    PublishedFigure('refcoco+', 'val', 'mIoU', 37.3, 'Ref-Diff', _REFDIFF, 'unc'),
    PublishedFigure('refcocog', 'val', 'mIoU', 44.0, 'Ref-Diff', _REFDIFF, 'umd'),
    PublishedFigure('refcoco', 'val', 'mIoU', 33.6, 'CaR',
                    'Sun et al., CLIP as RNN, CVPR 2024', 'unc'),
    PublishedFigure('refcoco', 'val', 'mIoU', 39.8, 'TAS', 'Suo et al., arXiv 2310.18049', 'unc'),
    PublishedFigure('refcoco', 'val', 'mIoU', 49.5, 'HybridGL',
                    'Liu and Li, CVPR 2025 (arXiv 2504.00356)', 'unc'),
    PublishedFigure('refcoco-m', 'validation', 'oIoU', 87.6, 'Moondream Segmentation',
                    'Reid, arXiv 2604.02593', trained=True),
    PublishedFigure('grefcoco', 'val', 'gIoU', 63.6, 'ReLA, Swin-B', _RELA, 'unc', trained=True),
    PublishedFigure('grefcoco', 'val', 'cIoU', 62.4, 'ReLA, Swin-B', _RELA, 'unc', trained=True),
    PublishedFigure('grefcoco', 'val', 'gIoU', 38.6, 'ReLA, ResNet-50', _RELA, 'unc',
                    trained=True),
    PublishedFigure('grefcoco', 'val', 'cIoU', 39.5, 'ReLA, ResNet-50', _RELA, 'unc',
                    trained=True))


def published_for(dataset: str, split: str, split_by: str) -> list[PublishedFigure]:
    """Return what is published for a split, the highest figure of a measure last."""
    return [figure for figure in PUBLISHED
            if (figure.dataset, figure.split, figure.split_by) == (dataset, split, split_by)]
