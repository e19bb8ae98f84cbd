# SPDX-License-Identifier: Apache-2.0
"""The network sees at run time what it saw in training."""
import numpy as np
import torch

from ris_lab.training.model import GRID, IMAGE_SIZE, normalised
from ris_lab.training.preprocess import CROP_MARGIN, square_crop, token_mask, whole_image
from ris_ros.encoder.inputs import visual_inputs
from ris_ros.encoder.settings import CLIP_MEAN, CLIP_STD, EncoderSettings

SETTINGS = EncoderSettings(preprocessing='square', token_masks='peak', background='dim',
                           mean=CLIP_MEAN, std=CLIP_STD)


def test_crops_images_and_token_masks_are_those_of_training():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (480, 640, 3), np.uint8)
    masks = np.zeros((4, 480, 640), bool)
    masks[0, 100:140, 200:290] = True
    masks[1, 0:300, 0:211] = True
    masks[2, 470:480, 630:640] = True
    masks[3, 50:60, 5:400] = rng.random((10, 395)) < 0.7

    inputs = visual_inputs(image, masks, IMAGE_SIZE, GRID, SETTINGS)

    crops = np.stack([square_crop(image, mask) for mask in masks])
    whole = whole_image(image)[None]
    grids = np.stack([token_mask(mask) for mask in masks])
    assert SETTINGS.crop_margin == CROP_MARGIN
    torch.testing.assert_close(inputs.local_inputs, normalised(torch.from_numpy(crops)),
                               atol=1e-4, rtol=0)
    torch.testing.assert_close(inputs.global_input, normalised(torch.from_numpy(whole)),
                               atol=1e-4, rtol=0)
    torch.testing.assert_close(inputs.token_masks, torch.from_numpy(grids), atol=1e-6, rtol=0)
