"""What it takes to say that a view shows the held object: rather LOST than another thing."""
from __future__ import annotations

from ris_ros.tracking.evidence import Evidence

# More of the object than this in sight, or of its whole, counts as all of it.
WHOLE = .85
# Less of the object than this in sight, colours less like it, or a smaller share that looks as it
# did pixel by pixel, and it is lost.
_SIGHT, _LIKE, _AGREES = .2, .6, .4
# What it takes to take it up again where it should be, or to learn from it.
_SIGHT_AGAIN, _LIKE_AGAIN, _AGREES_AGAIN = .5, .75, .75
# What it takes to take it up elsewhere.
_AGREES_ELSEWHERE = .8
# With surely its colours, less is enough where it should be, and elsewhere: it may be turned, or
# have a shadow on a part of it. With no other colours, less still of what is new: it may show
# another side.
_SURELY_LIKE, _AGREES_SHADED, _AGREES_TURNED = .9, .5, .6
_SAME_LIKE, _AGREES_OTHER_SIDE = .95, .4


def is_still(evidence: Evidence) -> bool:
    """Return whether an object that is held goes on being held."""
    return (evidence.share >= _SIGHT and evidence.likeness >= _LIKE
            and evidence.agreement >= _AGREES)


def is_again(evidence: Evidence) -> bool:
    """Return whether a lost object shows again where it should be."""
    surely = evidence.share >= WHOLE and evidence.likeness >= _SURELY_LIKE
    return (evidence.share >= _SIGHT_AGAIN and evidence.likeness >= _LIKE_AGAIN
            and evidence.agreement >= (_AGREES_SHADED if surely else _AGREES_AGAIN))


def is_there(agreement: float, likeness: float = 0.0, is_new: bool = False) -> bool:
    """Return whether a lost object is what stands elsewhere, by what its whole outline shows.

    is_new: whether nothing like it stood at that place before.
    """
    if is_new and likeness >= _SAME_LIKE:
        return agreement >= _AGREES_OTHER_SIDE
    return agreement >= (_AGREES_TURNED if likeness >= _SURELY_LIKE else _AGREES_ELSEWHERE)


def is_same_side(agreement: float) -> bool:
    """Return whether so much of an outline agrees that later views can be compared with it."""
    return agreement >= _AGREES_AGAIN


def is_whole(evidence: Evidence) -> bool:
    """Return whether all of the object shows, so that its looks can be learnt."""
    return evidence.share > WHOLE and evidence.agreement >= _AGREES_AGAIN


def confidence(evidence: Evidence) -> float:
    """Return how sure it is, 0 to 1, that what is held is the object."""
    return evidence.likeness * min(1.0, evidence.share / _SIGHT_AGAIN)
