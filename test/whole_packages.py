# SPDX-License-Identifier: Apache-2.0
"""Divides the tests among processes by files, and does not divide a folder that is a package."""
from pathlib import Path

from xdist.scheduler import LoadFileScheduling


class WholePackages(LoadFileScheduling):
    """Gives a process one file at a time, or all files of a folder with an ``__init__.py``."""

    def _split_scope(self, nodeid):
        """Return what a test is not divided from: its package, or else its file."""
        file = Path(super()._split_scope(nodeid))
        is_in_package = (self.config.rootpath / file).with_name('__init__.py').exists()
        return str(file.parent if is_in_package else file)
