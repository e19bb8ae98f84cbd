# SPDX-License-Identifier: Apache-2.0
"""The pictures of a folder with their labels, which are saved in ``pictures.json``."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
import tempfile
import threading

import cv2

from ris_lab.evaluation.labelled_pictures import (
    FILE,
    labelled_box,
    labelled_text,
    read_labelled_pictures,
)
from ris_ros.errors import RisError
from ris_ros.files import write_whole
from ris_ros.image_files import read_image

_ENDINGS = ('.png', '.jpg', '.jpeg', '.bmp', '.webp')
_CALIBRATIONS = ('camera.yaml', 'camera_info.yaml')
_LONGEST = 500  # characters of a command

Expression = dict[str, object]


class Conflict(RisError):
    """Labels that would overwrite what somebody else has saved."""


@dataclass(frozen=True)
class LabelPicture:
    """One picture of the folder.

    Attributes:
        entry: Its entry in the file, without its expressions.
        folder: From which its paths start.
        size: Rows and columns.
        is_listed: Whether the file had an entry of it from the beginning.
    """

    entry: dict[str, object]
    folder: Path
    size: tuple[int, int]
    is_listed: bool

    @property
    def path(self) -> Path:
        """The file of the picture."""
        return self.folder / str(self.entry['color_path'])


class LabelFile:
    """Reads and writes the labels; each change is on the disk before the next."""

    def __init__(self, folder: Path) -> None:
        """Find the pictures and read what is labelled already.

        Args:
            folder: Of the pictures.

        Raises:
            RisError: There is no such folder or no picture in it, it cannot be written to, or its
                labels are not as docs/evaluation.md describes.
        """
        if not folder.is_dir():
            raise RisError(f'There is no folder {folder}; name the one with your pictures.')
        self.path = folder / FILE
        _check_writable(folder)
        self._lock = threading.Lock()
        self._text = self._read()
        entries = _parse(self.path, self._text)
        self.pictures = _find_pictures(folder, entries)
        if not self.pictures:
            raise RisError(f'There are no pictures in {folder}; expected files that end in '
                           f'{", ".join(_ENDINGS)}.')
        self._expressions = _expressions(entries, self.pictures)

    def expressions(self, number: int) -> tuple[list[Expression], str]:
        """Return the expressions of a picture and their version."""
        with self._lock:
            found = list(self._expressions[number])
        return found, version_of(found)

    def counts(self) -> list[int]:
        """Return the number of expressions of each picture."""
        with self._lock:
            return [len(some) for some in self._expressions]

    def tally(self) -> dict[str, int]:
        """Return how many expressions mean something, and how many nothing that is there."""
        with self._lock:
            boxes = [entry['box'] for some in self._expressions for entry in some]
        absent = sum(box is None for box in boxes)
        return {'targets': len(boxes) - absent, 'absent': absent}

    def save(self, number: int, expressions: Sequence[object], version: str) -> str:
        """Replace the expressions of a picture.

        Args:
            number: Of the picture.
            expressions: What the page sent.
            version: Of the expressions that they replace.

        Returns:
            The version of the new ones.

        Raises:
            Conflict: These are not the expressions that were replaced, or another program has
                changed the file.
            RisError: An expression is not as described, or the file cannot be written.
        """
        checked = [_checked(entry, self.pictures[number].size) for entry in expressions]
        with self._lock:
            if version != version_of(self._expressions[number]):
                raise Conflict('Another tab has changed the labels of this picture meanwhile; they '
                               'are shown now. Do your last step again.')
            if self._read() != self._text:
                raise Conflict(f'Another program has changed {self.path}; start ris label again '
                               'to go on with what it holds now.')
            all_of_them = list(self._expressions)
            all_of_them[number] = checked
            text = _as_text(self.pictures, all_of_them)
            write_whole(self.path, text)
            self._expressions, self._text = all_of_them, text
        return version_of(checked)

    def _read(self) -> str:
        """Return the text of the file, '' if there is none."""
        try:
            return self.path.read_text('utf-8') if self.path.exists() else ''
        except (OSError, ValueError) as error:
            raise RisError(f'The labels {self.path} cannot be read ({error}); mend the file, or '
                           'move it away.') from error


def version_of(expressions: Sequence[Expression]) -> str:
    """Return what tells expressions from others."""
    return hashlib.sha256(json.dumps(expressions, sort_keys=True).encode()).hexdigest()[:16]


def _check_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RisError(f'The folder {folder} cannot be written to ({error.strerror}), but the '
                       f'labels are saved there as {FILE}.') from error


def _parse(path: Path, text: str) -> list[dict]:
    """Return the entries of the file, after the same checks as for an evaluation."""
    if not text:
        return []
    try:
        read_labelled_pictures(path.parent, '')
    except RisError as error:
        raise RisError(f'{error} Mend the file, or move it away.') from error
    return json.loads(text)


def _find_pictures(folder: Path, entries: Sequence[dict]) -> list[LabelPicture]:
    """Return the pictures of the file in its order, then the others of the folder by name."""
    found = [{name: value for name, value in entry.items() if name != 'expressions'}
             for entry in entries]
    known = {(folder / str(entry[name])).resolve() for entry in entries
             for name in ('color_path', 'depth_path') if entry.get(name)}
    ids = {str(entry['id']) for entry in entries}
    names = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
    for path in names:
        if path.resolve() not in known and not _is_depth(path):
            name = path.stem if path.stem not in ids else path.name
            ids.add(name)
            found.append({'id': name, 'color_path': path.name, **_depth_of(path)})
    return [LabelPicture(entry, folder, read_image(folder / entry['color_path']).shape[:2],
                         is_listed=number < len(entries)) for number, entry in enumerate(found)]


def _is_depth(path: Path) -> bool:
    """Tell whether a picture is of 16 bits, as depth is, or is named as depth is."""
    if path.stem.endswith('_depth'):
        return True
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return pixels is not None and pixels.dtype == 'uint16'


def _depth_of(path: Path) -> dict[str, str]:
    """Return the entries of the depth and the calibration that lie beside a picture."""
    depth = path.with_name(f'{path.stem}_depth.png')
    if not depth.is_file():
        return {}
    cameras = [name for name in _CALIBRATIONS if (path.parent / name).is_file()]
    return {'depth_path': depth.name, **({'camera_info_path': cameras[0]} if cameras else {})}


def _expressions(entries: Sequence[dict], pictures: Sequence[LabelPicture]
                 ) -> list[list[Expression]]:
    """Return the expressions of each picture."""
    return [list(entry['expressions']) for entry in entries] + [
        [] for _ in pictures[len(entries):]]


def _checked(entry: object, size: tuple[int, int]) -> Expression:
    """Return an expression as it is written.

    Raises:
        RisError: It is not as described.
    """
    try:
        text, box = labelled_text(entry).strip(), labelled_box(entry, size)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise RisError(f'The label cannot be used: {error}.') from error
    if len(text) > _LONGEST:
        raise RisError(f'The command has {len(text)} characters; expected at most {_LONGEST}.')
    kind = str(entry.get('kind') or ('absent' if box is None else ''))
    found = {'text': text, **({'kind': kind} if kind else {}),
             'box': None if box is None else [box.x0, box.y0, box.x1, box.y1]}
    return found if box is None or box.point is None else {**found,
                                                           'visible_point': list(box.point)}


def _as_text(pictures: Sequence[LabelPicture], expressions: Sequence[Sequence[Expression]]) -> str:
    """Return the file: a line for each picture's settings and for each expression."""
    blocks = []
    for picture, some in zip(pictures, expressions, strict=True):
        if some or picture.is_listed:
            head = json.dumps(picture.entry, ensure_ascii=False)[:-1]
            lines = ',\n'.join(f'  {json.dumps(entry, ensure_ascii=False)}' for entry in some)
            blocks.append(f'{head}, "expressions": [\n{lines}]}}')
    return '[' + ',\n '.join(blocks) + ']\n'
