# SPDX-License-Identifier: Apache-2.0
"""Results as lines of JSON that a kill cannot spoil: each is on the disk before the next begins.

The first line says which run it is, each other line is one sentence, or one picture of which all
objects are known::

    {"key": "17/0", "i": 812, "u": 1040, "status": "FOUND", "mask": {"size": [...], "counts": …}}
    {"key": "18/0", "skipped": true}
    {"key": "19/0", "status": "NOT_FOUND", "mask": null}               (of what is not there)
    {"key": "scene_0007", "proposals": 17, "objects": [[804, 840], …]} (best i and u for each)
"""
from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
import re
from types import TracebackType

from ris_ros.errors import RisError

Record = dict[str, object]


class ResultsFile:
    """Appends results; what an earlier run left is read first and kept."""

    def __init__(self, path: Path, run: Record) -> None:
        """Open or create the file of a run and drop a line that a kill has torn.

        Args:
            path: File to open or create.
            run: Description of the run; all results in the file must share it.

        Raises:
            RisError: The file is of another run, is damaged, is being written to, or cannot be
                written.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open('a+b', buffering=0)
        except OSError as error:
            raise RisError(f'The results cannot be written to {path}: {error.strerror}. Choose '
                           'another --out.') from error
        try:
            _lock(self._file.fileno(), path)
            self.records = self._recover(path, run)
        except BaseException:
            self._file.close()
            raise

    def _recover(self, path: Path, run: Record) -> list[Record]:
        self._file.seek(0)
        data = self._file.read()
        whole = data[:data.rfind(b'\n') + 1]
        if len(whole) < len(data):
            self._file.truncate(len(whole))
        if not whole:
            self._write({'run': run})
            return []
        found, records = parse_results(whole, path)
        check_same_run(found, run, path)
        return records

    def append(self, record: Record) -> None:
        """Write a sentence's result; it is on the disk when this returns.

        Raises:
            RisError: It cannot be written; the results before it are kept.
        """
        self._write(record)
        self.records.append(record)

    def _write(self, record: Record) -> None:
        line = json.dumps(record, ensure_ascii=False).encode() + b'\n'
        try:
            self._write_line(line)
        except OSError as error:
            raise RisError(
                f'The results cannot be written to {self._path}: {error.strerror}. Those before '
                'are kept: make room, and give the same command to go on.') from error

    def _write_line(self, line: bytes) -> None:
        """Append a line to the disk in full, or nothing of it."""
        end = self._file.seek(0, os.SEEK_END)
        try:
            while line:
                line = line[self._file.write(line):]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(end)
            raise

    def __enter__(self) -> ResultsFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._file.close()


def parse_results(data: bytes, path: Path) -> tuple[Record, list[Record]]:
    """Parse the complete lines of a results file.

    Args:
        data: The complete lines.
        path: Path of the file, for messages.

    Returns:
        The description of the run, and its results.

    Raises:
        RisError: The file is damaged or has a sentence twice.
    """
    try:
        run, *records = [json.loads(line) for line in data.splitlines()]
        keys = [record['key'] for record in records]
        run = run['run']
    except (ValueError, KeyError, TypeError) as error:
        raise RisError(f'The results in {path} are damaged ({error!r}); move the file away and '
                       'run again.') from error
    if len(set(keys)) < len(keys):
        raise RisError(f'The results in {path} have a sentence twice; move the file away and run '
                       'again.')
    return run, records


def read_shards(folder: Path, run: Record, stem: str = 'results') -> tuple[Record, list[Record]]:
    """Read the shards <stem>_<i>of<n>.jsonl in a folder; do not check that they are complete.

    Args:
        folder: Folder of the shards.
        run: Description that every shard must match.
        stem: Beginning of the file names.

    Returns:
        The description of the run, and the results of all shards.

    Raises:
        RisError: There is no shard, or one is damaged or of another run.
    """
    # The runs of other methods have longer names that begin the same.
    paths = sorted(path for path in folder.glob(f'{stem}_*of*.jsonl')
                   if re.fullmatch(rf'{stem}_\d+of\d+', path.stem))
    if not paths:
        raise RisError(f'There are no results of shards in {folder}; expected files such as '
                       f'{stem}_1of2.jsonl.')
    records = []
    for path in paths:
        data = path.read_bytes()
        found, part = parse_results(data[:data.rfind(b'\n') + 1], path)
        check_same_run(found, run, path)
        # The first shard says what only a run knows, such as the hash of the weights.
        run = found
        # A picture that two shards share is described in both.
        known = {record['key'] for record in records}
        records += [record for record in part
                    if 'proposals' not in record or record['key'] not in known]
    return run, records


def check_same_run(found: Record, run: Record, path: Path) -> None:
    """Check that results were made with the same settings.

    Raises:
        RisError: A setting differs.
    """
    if other := differences(found, run):
        raise RisError(f'The results in {path} are of another run: {other}. Choose another --out, '
                       'or the same settings.')


def differences(found: Record, run: Record) -> str:
    """Describe the settings that differ from this run, '' if none does."""
    return ', '.join(f'{name} {found.get(name)!r} (now {value!r})' for name, value in run.items()
                     if found.get(name) != value)


def _lock(descriptor: int, path: Path) -> None:
    """Claim a file: two processes that append to it would count sentences twice."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RisError(f'Another process is writing {path}; wait for it, or choose another '
                       '--out or --shard.') from error
