# SPDX-License-Identifier: Apache-2.0
"""Whether an image is of now by the node's clock, and what is wrong where it is not."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ris_ros.node.parameters import LiveSettings, Settings

# Three years.  Simulated time and the system's time are further apart, and no camera has been
# dead for that long.
_TWO_CLOCKS_S = 1e8


@dataclass(frozen=True)
class ImageClock:
    """Judges the stamps of images by the node's clock.

    Attributes:
        settings: The node's, of which max_image_age and max_image_lead are read.
        now: Returns the node's time in seconds.
        is_simulated: Returns whether that is simulated time (parameter use_sim_time).
    """

    settings: LiveSettings[Settings]
    now: Callable[[], float]
    is_simulated: Callable[[], bool]

    def age(self, stamp: float) -> float:
        """Return the seconds since a stamp; they are negative for a stamp of the future."""
        return self.now() - stamp

    def fault(self, stamp: float, refusal: str = '') -> str:
        """Return why the newest image is not of now, in a sentence; '' where it is.

        Args:
            stamp: The image's, seconds.
            refusal: Why newer images were refused; '' if none were.
        """
        fault = self._fault(stamp)
        if fault and refusal:
            return f'{fault} Newer images were refused: {refusal}'
        return fault

    def _fault(self, stamp: float) -> str:
        """Return why an image is not of now, whatever else came in."""
        now, settings = self.now(), self.settings.value
        age = now - stamp
        if self.is_simulated() and now == 0:
            return ("The node's clock stands at 0: use_sim_time is true, but no time has come on "
                    f'/clock (the newest image has the stamp {stamp:.1f} s). Start the simulator, '
                    'or the bag with --clock, or set use_sim_time to false.')
        if abs(age) > _TWO_CLOCKS_S:
            return ("The newest image and the node go by two clocks: the image's stamp is "
                    f'{self._describe(stamp, now)}. Set use_sim_time to true for the images of a '
                    'simulator or a recording, and to false for those of a camera.')
        if -age > settings.max_image_lead:
            return (f"The newest image is {-age:.1f} s ahead of the node's clock; at most "
                    f'{settings.max_image_lead:.1f} s (parameter max_image_lead) are allowed. '
                    f"The image's stamp is {self._describe(stamp, now)}. Has the clock jumped "
                    'back, or do the clocks of two computers differ?')
        if age > settings.max_image_age:
            return (f'The newest image is {age:.1f} s old; at most {settings.max_image_age:.1f} s '
                    '(parameter max_image_age) are allowed. Is the camera running?')
        return ''

    def _describe(self, stamp: float, now: float) -> str:
        """Return what the two clocks say."""
        is_simulated = self.is_simulated()
        return (f"{stamp:.1f} s, the node's clock says {now:.1f} s "
                f"({'simulated' if is_simulated else 'system'} time, use_sim_time is "
                f'{str(is_simulated).lower()})')
