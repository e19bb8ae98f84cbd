"""What a pipeline needs of whatever compares looks with words; CLIP's encoder is one."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch


class Appearance(Protocol):
    """Rates what is known of proposals for each phrase."""

    def rate(self, visual: torch.Tensor, sentence: str, phrase: str,
             anchors: Sequence[str]) -> torch.Tensor:
        """Return (N,) scores of a scene's (N, D) features for a sentence and its noun phrase.

        anchors: phrases of the same command that mean other things.
        """
        ...
