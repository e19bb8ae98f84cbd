"""Rotations there and back."""
import numpy as np
import pytest

from ris_ros.geometry.rotation import to_matrix, to_quaternion


def test_quarter_turn_about_z():
    half = np.sqrt(.5)
    assert to_matrix(np.array([0, 0, half, half])) == pytest.approx(
        np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]))


def test_every_rotation_comes_back():
    for quaternion in np.random.default_rng(0).normal(size=(50, 4)):
        rotation = to_matrix(quaternion)
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-9)
        assert to_matrix(to_quaternion(rotation)) == pytest.approx(rotation, abs=1e-9)


@pytest.mark.parametrize('turn', np.eye(3))
def test_half_turns_come_back(turn):
    rotation = 2 * np.outer(turn, turn) - np.eye(3)
    assert to_matrix(to_quaternion(rotation)) == pytest.approx(rotation, abs=1e-9)
