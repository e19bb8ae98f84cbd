"""Where weights are looked for."""
from __future__ import annotations

import os
from pathlib import Path

PACKAGED = Path(__file__).resolve().parent


def user_folder() -> Path:
    """Return the folder for the user's own weights (RIS_MODELS_DIR, or the XDG cache)."""
    if chosen := os.environ.get('RIS_MODELS_DIR'):
        return Path(chosen)
    cache = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(cache) / 'ris_ros'


def find_model_file(name: str) -> Path:
    """Return the path of a profile's file: as given, in the package, or the user's folder.

    A file that is nowhere is returned as it would lie in the user's folder, so that the error
    of whoever opens it tells where to put it.
    """
    given = Path(name).expanduser()
    for folder in (Path.cwd(), PACKAGED):
        if (folder / given).exists():
            return folder / given
    return user_folder() / given
