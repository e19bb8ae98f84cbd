# SPDX-License-Identifier: Apache-2.0
"""When the tracker holds, loses and takes up the object again: all thresholds in one table."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.tracking.evidence import Evidence


@dataclass(frozen=True)
class Criteria:
    """Thresholds, all shares of 0 to 1; in doubt the object is LOST rather than mistaken.

    "Visible" is the share of the object's whole area that is visible, "similarity" compares colour
    histograms (Bhattacharyya), and "agreement" is the share of pixels that look as they did in
    the keyframe.

    Attributes:
        whole: visible; with more than this all of the object counts as visible.
        keep_visible: with less visible, the object is lost.
        keep_similarity: with less similarity, the object is lost.
        keep_agreement: with less agreement, the object is lost.
        again_visible: needed to take it up again at its expected place.
        again_similarity: needed there as well.
        again_agreement: needed there as well, and to update the model or keep the keyframe.
        sure_similarity: from here on the colours are surely the object's, so that the two
            agreements below are enough.
        shaded_agreement: at its expected place, because a shadow may lie on a part of it.
        turned_agreement: elsewhere, because it may be turned.
        elsewhere_agreement: elsewhere, without sure colours.
        same_similarity: from here on it has no other colours at all.
        other_side_agreement: for a new object with no other colours, because it may show another
            side.
    """

    whole: float = .85
    keep_visible: float = .2
    keep_similarity: float = .6
    keep_agreement: float = .4
    again_visible: float = .5
    again_similarity: float = .75
    again_agreement: float = .75
    sure_similarity: float = .9
    shaded_agreement: float = .5
    turned_agreement: float = .6
    elsewhere_agreement: float = .8
    same_similarity: float = .95
    other_side_agreement: float = .4

    def is_still(self, evidence: Evidence) -> bool:
        """Tell whether an object that is tracked stays so."""
        return (evidence.share >= self.keep_visible
                and evidence.similarity >= self.keep_similarity
                and evidence.agreement >= self.keep_agreement)

    def is_again(self, evidence: Evidence) -> bool:
        """Tell whether a lost object is visible again at its expected place."""
        is_sure = evidence.share >= self.whole and evidence.similarity >= self.sure_similarity
        return (evidence.share >= self.again_visible
                and evidence.similarity >= self.again_similarity
                and evidence.agreement >= (
                    self.shaded_agreement if is_sure else self.again_agreement))

    def is_there(self, agreement: float, similarity: float = 0.0, is_new: bool = False) -> bool:
        """Tell whether a lost object is what fills its whole outline at another place.

        Args:
            agreement: of the whole outline there.
            similarity: of the colours there.
            is_new: whether nothing like it stood at that place before.
        """
        if is_new and similarity >= self.same_similarity:
            return agreement >= self.other_side_agreement
        return agreement >= (self.turned_agreement if similarity >= self.sure_similarity
                             else self.elsewhere_agreement)

    def is_same_side(self, agreement: float) -> bool:
        """Tell whether the outline agrees well enough to keep the keyframe."""
        return agreement >= self.again_agreement

    def is_whole(self, evidence: Evidence) -> bool:
        """Tell whether all of the object is visible, so that the model may be updated."""
        return evidence.share > self.whole and evidence.agreement >= self.again_agreement

    def confidence(self, evidence: Evidence) -> float:
        """Return the confidence, 0 to 1, that the tracked object is the right one."""
        # Rounding takes the similarity of equal colours a little above 1.
        return min(1.0, evidence.similarity) * min(1.0, evidence.share / self.again_visible)


CRITERIA = Criteria()
