# SPDX-License-Identifier: Apache-2.0
"""Patterns of rooms: two tones, the same everywhere for the same place, and calm from afar."""
import numpy as np
import pytest

from ris_sim.rendering.room_textures import ROOM_TEXTURES


@pytest.mark.parametrize('name', list(ROOM_TEXTURES))
def test_patterns_stay_between_their_two_colours_and_vary(name):
    x, y = np.meshgrid(np.linspace(0, 20, 200), np.linspace(0, 20, 200))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1).astype(np.float32)
    sharp, far = (ROOM_TEXTURES[name](points, np.full(len(points), width, np.float32))
                  for width in (.01, 2.0))
    assert sharp.min() >= 0
    assert sharp.max() <= 1
    assert sharp.std() > .03
    assert far.std() <= sharp.std() + 1e-6
