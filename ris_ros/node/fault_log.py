# SPDX-License-Identifier: Apache-2.0
"""A fault that repeats is reported once."""
from __future__ import annotations

from collections.abc import Callable


class FaultLog:
    """Reports what fails again and again, frame after frame, once of each kind in a row.

    Attributes:
        last: The fault of the last time, with its type; '' where nothing failed.
    """

    def __init__(self, report: Callable[[Exception], None]) -> None:
        """Take note of no fault yet.

        Args:
            report: Is told of every exception that is not the same as the one before.
        """
        self.last = ''
        self._report = report

    def add(self, error: Exception, is_told: bool = False) -> None:
        """Take note of a fault; report it, unless somebody is told of it otherwise."""
        before, self.last = self.last, f'{type(error).__name__}: {error}'
        if self.last != before and not is_told:
            self._report(error)

    def clear(self) -> None:
        """Take note that nothing fails any more."""
        self.last = ''
