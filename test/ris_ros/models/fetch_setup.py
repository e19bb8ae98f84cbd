# SPDX-License-Identifier: Apache-2.0
"""What the tests of fetching share."""
from ris_ros.models.download import Patience


def go_on(seconds):
    """Try again at once."""


# No machine is so busy that a server that answers counts as silent.
PATIENCE = Patience(timeout=60, attempts=3, wait=go_on)
# For a server that falls silent; one that is only slow is asked again, often enough.
IMPATIENCE = Patience(timeout=0.3, attempts=9, wait=go_on)


def leftovers(folder):
    """Return the names in the folder, without the lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != '.lock')
