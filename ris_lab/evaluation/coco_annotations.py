# SPDX-License-Identifier: Apache-2.0
"""What RefCOCO and its successors share: COCO's annotations, and pictures of train2014."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path

from ris_ros.errors import RisError

# Where a value is looked for that a reference or what it refers to should have.
REFERRED = ' in it or in instances.json'
_PICTURES = ('images/mscoco/images/train2014', 'images/train2014', 'train2014', 'images')


def read_json(path: Path) -> object:
    """Read a file of annotations.

    Raises:
        RisError: The file cannot be read.
    """
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError, RecursionError) as error:
        raise RisError(f'The annotations {path} cannot be read: {error}.') from error


def check_references(refs: object, folder: Path) -> list[dict]:
    """Return the references of a file as a list.

    Args:
        refs: Content of the file.
        folder: Of the file, for the message.

    Raises:
        RisError: They are no list of dictionaries.
    """
    if not isinstance(refs, list | tuple) or not all(isinstance(ref, dict) for ref in refs):
        raise RisError(f'The references in {folder} are no list of dictionaries.')
    return list(refs)


@contextmanager
def naming(entry: str, places: str = '') -> Iterator[None]:
    """Name an entry of a data set in the errors of whatever reads it.

    Args:
        entry: 'The reference 7 (image 3)'.
        places: Where a missing value was looked for: ' in it or in instances.json'.

    Raises:
        RisError: It cannot be used; the text says why.
    """
    try:
        yield
    except RisError as error:
        raise RisError(f'{entry} cannot be used: {error}') from error
    except KeyError as error:
        raise RisError(f'{entry} cannot be used: {error.args[0]} is missing{places}.') from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise RisError(f'{entry} cannot be used: it is of another form ({error}).') from error


def by_id(instances: object, name: str, folder: Path) -> dict[str, dict]:
    """Return the images or annotations of instances.json by id.

    The ids are text, because converted files mix text and numbers.

    Args:
        instances: Content of the file.
        name: 'images' or 'annotations'.
        folder: Of the file, for the message.

    Raises:
        RisError: There is no such list.
    """
    entries = instances.get(name) if isinstance(instances, dict) else None
    if not isinstance(entries, list) or not all(
            isinstance(entry, dict) and 'id' in entry for entry in entries):
        raise RisError(f"The instances.json in {folder} has no list of {name} with an 'id' each.")
    return {str(entry['id']): entry for entry in entries}


def categories_of(annotations: dict[str, dict]) -> dict[str, frozenset[str]]:
    """Return the ids of the categories that each picture has things of.

    Args:
        annotations: As from `by_id`.
    """
    found: dict[str, set[str]] = {}
    for annotation in annotations.values():
        found.setdefault(str(annotation.get('image_id')), set()).add(
            str(annotation.get('category_id')))
    return {image_id: frozenset(some) for image_id, some in found.items()}


def sentence_text(sentence: dict) -> str:
    """Return a sentence as it was typed, as the published method reads it, or what there is.

    Raises:
        RisError: It is no text.
    """
    text = sentence['raw'] if 'raw' in sentence else sentence['sent']
    if not isinstance(text, str):
        raise RisError(f'a sentence is {text!r:.40}; expected text.')
    return text


def picture_folder(folder: Path, root: Path) -> Path | None:
    """Return the folder of COCO's pictures near the annotations, None if there is none.

    Args:
        folder: Of the annotations.
        root: The data set's root, which is searched first.
    """
    return next((place for place in _places(folder, root) if place.is_dir()), None)


def find_pictures(folder: Path, root: Path) -> Path:
    """Return the folder of COCO's pictures near the annotations.

    Args:
        folder: Of the annotations.
        root: The data set's root, which is searched first.

    Raises:
        RisError: There is none.
    """
    found = picture_folder(folder, root)
    if found is None:
        raise RisError(f'There are no pictures for {folder}; expected them in one of '
                       f'{", ".join(map(str, _places(folder, root)[:len(_PICTURES)]))}.')
    return found


def _places(folder: Path, root: Path) -> list[Path]:
    return [base / place for base in dict.fromkeys((root, folder, folder.parent))
            for place in _PICTURES]
