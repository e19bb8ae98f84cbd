# SPDX-License-Identifier: Apache-2.0
"""A folder of two pictures, and a tab of a server that labels it."""
import cv2
from label_tab import serving
import numpy as np
import pytest

SIZE = (60, 80)


@pytest.fixture
def folder(tmp_path):
    """Write two pictures of a red ball, depth of the first, and a file that is no picture."""
    for name, u in (('a', 20), ('b', 50)):
        image = np.full((*SIZE, 3), 190, np.uint8)
        cv2.circle(image, (u, 30), 10, (30, 30, 220), -1)
        cv2.imwrite(str(tmp_path / f'{name}.png'), image)
    cv2.imwrite(str(tmp_path / 'a_depth.png'), np.full(SIZE, 800, np.uint16))
    (tmp_path / 'camera.yaml').write_text(
        'image_width: 80\nimage_height: 60\n'
        'camera_matrix: {data: [70, 0, 40, 0, 71, 30, 0, 0, 1]}\n')
    (tmp_path / 'notes.txt').write_text('ball')
    return tmp_path


@pytest.fixture
def tab(folder):
    with serving(folder) as tab:
        yield tab
