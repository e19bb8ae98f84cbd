"""What is thought of the objects of a picture after a phrase."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What is thought of the K objects that a phrase may mean, the likeliest looking first.

    masks: (K,) indices of proposals.  scores: (K,) of their appearance.
    looks: (K,) chance that each is what the noun phrase says.
    likely: (K,) chance that each fits all that is said.
    alone: (K,) chance that it is the only one that does.  none, several: chances that no object
    fits, and that several do; with alone they sum to 1.
    """

    masks: np.ndarray
    scores: np.ndarray
    looks: np.ndarray
    likely: np.ndarray
    alone: np.ndarray
    none: float
    several: float

    @property
    def meant(self) -> np.ndarray:
        """(K,) chance that each is meant: alone, or as one of several; with none they sum to 1."""
        return self.alone + self.several * self.likely / max(float(self.likely.sum()), 1e-9)

    @property
    def looks_there(self) -> bool:
        """Whether something looks like what is said, wherever it is."""
        return bool(np.prod(1 - self.looks) < 0.5)
