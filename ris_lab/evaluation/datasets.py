# SPDX-License-Identifier: Apache-2.0
"""Data sets by name."""
from __future__ import annotations

from pathlib import Path

from ris_lab.evaluation.grefcoco import read_grefcoco
from ris_lab.evaluation.labelled_pictures import read_labelled_pictures
from ris_lab.evaluation.openref import read_openref
from ris_lab.evaluation.phrasecut import read_phrasecut
from ris_lab.evaluation.refcoco import read_refcoco
from ris_lab.evaluation.refcoco_m import read_refcoco_m
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError

_READERS = {'phrasecut': read_phrasecut, 'pictures': read_labelled_pictures,
            'grefcoco': read_grefcoco, 'refcoco-m': read_refcoco_m, 'openref': read_openref}


def read_samples(name: str, root: Path, split: str, protocol: str, split_by: str
                 ) -> tuple[Sample, ...]:
    """Read a split's references, those of one image next to each other.

    Args:
        name: Name of the data set.
        root: Folder of the data set.
        split: Name of the split.
        protocol: 'paper' or 'default'.
        split_by: Who divided RefCOCOg, 'umd' or 'google'; other data sets ignore it.

    Raises:
        RisError: The data set cannot be read, is empty or names a reference twice.
    """
    if not root.is_dir():
        raise RisError(f'There is no folder {root}; --root names the one with the data set.')
    if name in _READERS:
        samples = _READERS[name](root, split)
    elif name == 'simulation':
        # Imported here: the words of the simulator come with its libraries.
        from ris_lab.evaluation.simulated import read_simulation
        samples = read_simulation(root, split)
    else:
        samples = read_refcoco(root, name, split, protocol,
                               split_by if name == 'refcocog' else 'unc')
    if not samples:
        raise RisError(f'There are no references in split {split!r} of {root}.')
    if len({sample.ref_id for sample in samples}) < len(samples):
        raise RisError(f'Split {split!r} of {root} has several references of one id.')
    # An image is then encoded once, however its references are strewn over the file.
    first = {}
    for place, sample in enumerate(samples):
        first.setdefault(sample.image_id, place)
    return tuple(sorted(samples, key=lambda sample: first[sample.image_id]))
