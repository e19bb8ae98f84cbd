"""What the network sees: square masked crops, token masks, and how training disturbs them."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.model import GRID, IMAGE_SIZE, MEAN

CROP_MARGIN = 1.12
FILL = tuple(255 * channel for channel in MEAN)


@dataclass(frozen=True)
class Pose:
    """How a crop's square lies over the picture; the default is that of run time.

    margin: side over the longer box side.  shift: of the centre, in sides.  angle: degrees.
    """

    margin: float = CROP_MARGIN
    shift: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    flip: bool = False


STRAIGHT = Pose()


def square_crop(image: np.ndarray, mask: np.ndarray, pose: Pose = STRAIGHT) -> np.ndarray:
    """Return (S, S, 3) float32 in 0..255: the masked object, the mean colour around it."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = np.where(mask[y:y + height, x:x + width, None], image[y:y + height, x:x + width],
                    np.float32(FILL))
    side = pose.margin * max(width, height)
    scale = IMAGE_SIZE / side
    if scale < 1:  # warping alone would alias
        small = max(1, round(width * scale)), max(1, round(height * scale))
        part = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    stretch = np.array([width / part.shape[1], height / part.shape[0]]) * scale
    warp = cv2.getRotationMatrix2D((0, 0), pose.angle, 1) * [-1 if pose.flip else 1, 1, 1]
    warp[:, :2] *= stretch
    # Pixel centres stand at +0.5 in both pictures.
    middle = np.array([part.shape[1], part.shape[0]]) / 2 - 0.5
    target = IMAGE_SIZE * (0.5 + np.array(pose.shift)) - 0.5
    warp[:, 2] = target - warp[:, :2] @ middle
    return cv2.warpAffine(part, warp, (IMAGE_SIZE, IMAGE_SIZE), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=FILL)


def whole_image(image: np.ndarray) -> np.ndarray:
    """Return the image squashed to (S, S, 3)."""
    return cv2.resize(image, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_AREA)


def token_mask(mask: np.ndarray) -> np.ndarray:
    """Return (G, G) float32: the share of each token inside the mask, over the largest share."""
    shares = cv2.resize(mask.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA)
    return shares / shares.max()


def random_pose(rng: np.random.Generator) -> Pose:
    """Draw a crop that is a little off, sometimes turned, half the time mirrored."""
    return Pose(CROP_MARGIN * rng.uniform(0.92, 1.15), tuple(rng.uniform(-0.04, 0.04, 2)),
                rng.uniform(-25, 25) if rng.random() < 0.5 else 0.0, rng.random() < 0.5)


def disturbed_mask(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Make a true mask as imperfect as a proposal: grown, shrunk, cut or holed."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    changed = mask.astype(np.uint8)
    draw = rng.random()
    if draw < 0.3:
        kernel = np.ones((3, 3), np.uint8)
        filter_mask = cv2.dilate if draw < 0.18 else cv2.erode
        changed = filter_mask(changed, kernel, iterations=int(rng.integers(1, 4)))
    elif draw < 0.45:
        centre = int(rng.uniform(x, x + width)), int(rng.uniform(y, y + height))
        radius = int(rng.uniform(0.08, 0.22) * max(width, height))
        cv2.circle(changed, centre, radius, 0, -1)
    elif draw < 0.6:
        changed = cut_mask(rng, mask, 1 - rng.uniform(0.05, 0.25)).astype(np.uint8)
    return changed.astype(bool) if changed.sum() > 0.4 * mask.sum() else mask


def cut_mask(rng: np.random.Generator, mask: np.ndarray, share: float) -> np.ndarray:
    """Keep a share of a mask on one side of a line in a random direction."""
    rows, columns = np.nonzero(mask)
    angle = rng.uniform(0, 2 * np.pi)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    keep = along <= np.quantile(along, share)
    part = np.zeros_like(mask)
    part[rows[keep], columns[keep]] = True
    return part


@dataclass(frozen=True, eq=False)
class Light:
    """One photometric change for a whole picture: a (256, 1, 3) table, noise and blur."""

    table: np.ndarray
    noise: float
    blur: float

    def __call__(self, rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
        """Return the (S, S, 3) picture changed, uint8."""
        image = cv2.LUT(np.clip(image + 0.5, 0, 255).astype(np.uint8), self.table)
        if self.blur:
            image = cv2.GaussianBlur(image, (0, 0), self.blur)
        if self.noise:
            noise = self.noise * rng.standard_normal(image.shape, dtype=np.float32)
            image = np.clip(image + noise, 0, 255).astype(np.uint8)
        return image


def random_light(rng: np.random.Generator) -> Light:
    """Draw gain, offset, white balance, gamma, noise and blur that keep a colour's name."""
    levels = np.arange(256, dtype=np.float64)[:, None] / 255
    balance = rng.uniform(0.95, 1.05, 3)
    curve = (levels ** rng.uniform(0.85, 1.18)) * rng.uniform(0.8, 1.2) * balance
    table = np.clip(255 * curve + rng.uniform(-12, 12), 0, 255).astype(np.uint8)
    return Light(table.reshape(256, 1, 3), rng.uniform(2, 8) if rng.random() < 0.25 else 0.0,
                 rng.uniform(0.4, 1.1) if rng.random() < 0.25 else 0.0)
