# SPDX-License-Identifier: Apache-2.0
"""The paper's boxes and crops on pictures small enough to check by hand."""
from small_pictures import rectangle
import torch

from ris_ros.encoder.paper_views import masked_crops, paper_box


def test_paper_box_of_one_part_starts_one_pixel_early():
    assert paper_box(rectangle(10, 20, 30, 50)) == (9, 19, 29, 49)


def test_paper_box_of_two_parts_is_smaller_than_their_extent():
    mask = rectangle(0, 0, 10, 10) | rectangle(60, 0, 80, 10)
    x1, _, x2, _ = paper_box(mask)
    assert x2 - x1 <= 30 < 80


def test_paper_box_of_a_column_at_the_border_is_not_empty():
    x1, y1, x2, y2 = paper_box(rectangle(0, 5, 1, 9))
    assert x2 > x1
    assert y2 > y1
    source = torch.zeros(1, 3, 60, 80)
    assert masked_crops(source, rectangle(0, 5, 1, 9)[None], 8, False).shape == (1, 3, 8, 8)
