# SPDX-License-Identifier: Apache-2.0
"""What ROS says of a mistake, as a sentence can quote it."""
from __future__ import annotations

import re

_IN_SOURCE = re.compile(r', at \S+:\d+')


def reason_of(error: Exception) -> str:
    """Return ROS's own words in one line, without the places in its source."""
    # Below a wrong name stands a caret, which says nothing in one line.
    return ' '.join(_IN_SOURCE.sub('', str(error)).split()).removesuffix(' ^')
