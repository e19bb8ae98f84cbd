# SPDX-License-Identifier: Apache-2.0
"""What it takes to say that a view shows a lost object."""
from types import SimpleNamespace

import pytest

from ris_ros.tracking.criteria import CRITERIA


@pytest.mark.parametrize(('agreement', 'similarity', 'is_new', 'wanted'), [
    (.8, 0, False, True), (.79, .89, True, False), (.6, .9, False, True), (.59, .94, True, False),
    # Another side of it has its colours at other pixels.
    (.4, .95, True, True), (.39, 1.0, True, False), (.59, 1.0, False, False)])
def test_what_stands_elsewhere_is_accepted_as_the_lost_object(
        agreement, similarity, is_new, wanted):
    assert CRITERIA.is_there(agreement, similarity, is_new) is wanted


@pytest.mark.parametrize(('similarity', 'share', 'confidence'), [
    (1.0000001, 1.0, 1.0), (1.2, 5.0, 1.0), (.5, 1.0, .5)])
def test_confidence_is_never_above_one(similarity, share, confidence):
    evidence = SimpleNamespace(similarity=similarity, share=share)
    assert CRITERIA.confidence(evidence) == confidence
