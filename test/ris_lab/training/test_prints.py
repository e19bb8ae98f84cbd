# SPDX-License-Identifier: Apache-2.0
"""Labels and highlights stay within the things they are laid on."""
import numpy as np

from ris_lab.training.prints import draw_label, lay_highlights, lay_label, print_on_things
from ris_lab.training.proposer.clutter import add_clutter
from ris_lab.training.proposer.disturb import paste_boxes
from ris_lab.training.proposer.samples import make_sample
from ris_lab.training.proposer.targets import make_targets
from ris_lab.training.proposer.views import UNKNOWN, View
from ris_lab.training.recolour import recolour

THING = np.zeros((120, 160), bool)
THING[30:90, 40:110] = True
GRAY = np.full((120, 160, 3), 120, np.uint8)


def test_labels_are_of_many_kinds():
    rng = np.random.default_rng(0)
    labels = [draw_label(rng) for _ in range(30)]
    assert len({label.shape for label in labels}) > 20
    assert np.mean([label.std() for label in labels]) > 25


def test_a_label_changes_what_it_covers_and_nothing_beside_the_thing():
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(30):
        image = GRAY.copy()
        covered = lay_label(image, THING, rng)
        changed = (image != GRAY).any(-1)
        assert not (covered & ~THING).any()
        assert not changed[~THING].any()
        shares.append(covered.sum() / THING.sum())
    assert min(shares) < 0.25
    assert max(shares) > 0.8


def test_a_label_is_darker_where_its_thing_is_in_shadow():
    rng = np.random.default_rng(2)
    darker = []
    for _ in range(20):
        image = GRAY.copy()
        image[:, 75:] = 40
        covered = lay_label(image, THING, rng)
        left, right = covered.copy(), covered.copy()
        left[:, 70:] = right[:, :80] = False
        if min(left.sum(), right.sum()) > 200:
            darker.append(image[left].mean() > image[right].mean())
    assert np.mean(darker) > 0.8


def test_highlights_only_make_a_thing_brighter():
    rng = np.random.default_rng(3)
    image = GRAY.copy()
    lay_highlights(image, THING, rng)
    assert (image >= GRAY).all()
    assert (image[THING] > 150).any()
    assert (image[~THING] == GRAY[~THING]).all()


def test_a_small_thing_stays_as_it_is():
    image, speck = GRAY.copy(), np.zeros_like(THING)
    speck[5:9, 5:9] = True
    print_on_things(image, [speck], np.random.default_rng(4), 1.0, 1.0)
    assert (image == GRAY).all()


def test_a_white_thing_takes_the_colour_and_keeps_its_shade():
    image = np.full((120, 160, 3), 240, np.uint8)
    image[60:] = 120
    recolour(image, THING, 0.88, (0.8, 0.1, 0.1))
    bright, dark = image[40, 60].astype(int), image[80, 60].astype(int)
    assert bright[0] > 3 * bright[1]
    assert dark[0] < 0.6 * bright[0]
    assert (image[~THING][:, 0] == image[~THING][:, 1]).all()


def test_furniture_stays_behind_the_things():
    labels = THING.astype(np.int32)
    for seed in range(8):
        view = add_clutter(View(GRAY, labels), np.random.default_rng(seed))
        inner = np.zeros_like(THING)
        inner[34:86, 44:106] = True
        assert abs(view.image[inner].astype(int) - 120).max() <= 1
        assert (view.image != GRAY).any()
        assert view.labels is labels


class OneView:
    """Always gives the same piece of a picture."""

    def random_view(self, rng):
        """Return one thing on gray."""
        labels = np.zeros((192, 256), np.int32)
        labels[40:120, 60:140] = 1
        return View(np.full((192, 256, 3), 120, np.uint8), labels)


def test_a_sample_keeps_a_printed_thing_whole():
    rng = np.random.default_rng(5)
    for _ in range(6):
        image, targets = make_sample([OneView()], rng)
        assert image.shape == (192, 256, 3)
        # The first thing may be hidden by others, but no label on it ends it.
        assert targets[0, 40:120, 60:140].all()


def test_what_may_be_named_is_not_asked_about():
    labels = THING.astype(np.int32)
    labels[:20] = UNKNOWN
    targets = make_targets(labels)
    assert (targets.known[:20] == 0).all()
    assert not targets.boundary[:25].any()
    assert targets.object.sum() == THING.sum()


def test_boxes_side_by_side_are_objects_of_their_own():
    view = View(GRAY, np.zeros((120, 160), np.int32))
    found = [paste_boxes(view, np.random.default_rng(seed)).labels for seed in range(10)]
    assert all(len(np.unique(labels[labels > 0])) >= 1 for labels in found)
    assert max(labels.max() for labels in found) >= 4
    targets = make_targets(found[0])
    assert targets.edge_weight.max() > 1  # a boundary between two objects
