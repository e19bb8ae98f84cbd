"""What the models warn of, told to ROS."""
from __future__ import annotations

from collections.abc import Callable
import logging

_LOGGER = logging.getLogger('ris_ros')


class ForwardedLog(logging.Handler):
    """Hands warnings of ris_ros's own modules to a function, from whatever thread."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Forward from now on."""
        super().__init__(logging.WARNING)
        self._tell = tell
        _LOGGER.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on one warning."""
        self._tell(record.getMessage())

    def close(self) -> None:
        """Forward no more."""
        _LOGGER.removeHandler(self)
        super().close()
