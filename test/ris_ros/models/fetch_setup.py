# SPDX-License-Identifier: Apache-2.0
"""What the tests of fetching share."""
from ris_ros.models.download import Patience

PATIENCE = Patience(timeout=0.3, attempts=3, wait=lambda seconds: None)


def leftovers(folder):
    """Return the names in the folder, without the lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != '.lock')
