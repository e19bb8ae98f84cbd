# SPDX-License-Identifier: Apache-2.0
"""Where a robot finds its pool."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PoolAddress:
    """Where the pool is, and what the robot shows there.

    Attributes:
        url: Such as https://pool:8130.
        token: The robot's; '' for none.
        robot: The name by which the pool tells connections of a robot apart, and, without
            tokens, robots.
        model: Fingerprint of the models that the robot expects there.
    """

    url: str
    token: str
    robot: str
    model: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of each request."""
        authorization = {'Authorization': f'Bearer {self.token}'} if self.token else {}
        return {'X-Ris-Robot': self.robot, **authorization}
