# SPDX-License-Identifier: Apache-2.0
"""The learned segmenter: a small U-Net that finds objects of any kind in a colour picture."""
from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ris_ros.errors import ModelError
from ris_ros.models.weights_file import read_weights

# The lengths of a picture are padded to multiples of this.
STRIDE = 16

# Unit of the offsets in pixels.
OFFSET_UNIT = 16.0

# Maps of the output: object, boundary, centre (logits), and the way to the object's centre.
MAPS = 5

# What the name of an int8 kernel's scales ends with.
SCALE = '_scale'

_WIDTHS = (24, 48, 96, 160)
_FINE = 8


class Convolution(nn.Sequential):
    """3x3 convolution, batch normalisation and, where wanted, ReLU."""

    def __init__(self, before: int, after: int, stride: int = 1, active: bool = True) -> None:
        layers = [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if active else []))


class Residual(nn.Module):
    """Two convolutions whose result is added to their input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = Convolution(width, width)
        self.second = Convolution(width, width, active=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return functional.relu(x + self.second(self.first(x)))


class Context(nn.Module):
    """Adds the mean over the whole picture to every place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(width, width)

    def forward(self, x: Tensor, mean: Tensor) -> Tensor:
        """Map (B, C, H, W) and the (B, C) mean to the shape of the former."""
        return x + self.mix(mean)[:, :, None, None]


class Join(nn.Module):
    """Doubles a coarse map's sides and mixes it with the finer map of the way down."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(coarse, fine, 1)
        self.mix = Convolution(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """Map (B, C, H, W) and (B, D, 2H, 2W) to (B, D, 2H, 2W)."""
        wide = functional.interpolate(
            self.narrow(coarse), scale_factor=2.0, mode='bilinear', align_corners=False)
        return self.mix(wide + fine)


class Segmenter(nn.Module):
    """A U-Net from pictures of about 320 x 240 pixels to maps of objects, edges and centres.

    Source: Ronneberger et al., U-Net, MICCAI 2015, with the outputs of Panoptic-DeepLab (Cheng et
    al., CVPR 2020).
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = _WIDTHS
        self.edges = Convolution(3, _FINE)
        self.down_stem = nn.Sequential(Convolution(3, a, 2), Residual(a))
        self.down_half = nn.Sequential(Convolution(a, b, 2), Residual(b), Residual(b))
        self.down_quarter = nn.Sequential(
            Convolution(b, c, 2), Residual(c), Residual(c), Residual(c))
        self.down_eighth = nn.Sequential(
            Convolution(c, d, 2), Residual(d), Context(d), Residual(d))
        self.join_quarter = Join(d, c)
        self.join_half = Join(c, b)
        self.join_stem = Join(b, a)
        self.widen = nn.Sequential(nn.Conv2d(a, 4 * _FINE, 1), nn.PixelShuffle(2))
        self.mix = Convolution(2 * _FINE, 2 * _FINE)
        self.out = nn.Conv2d(2 * _FINE, MAPS, 1)
        with torch.no_grad():  # centres and edges are rare
            self.out.bias.copy_(torch.tensor([-1.5, -2.0, -4.0, 0.0, 0.0]))

    def forward(self, images: Tensor) -> Tensor:
        """Return the maps of pictures.

        Args:
            images: (B, 3, H, W) float32 RGB in -1..1; H and W are multiples of 16.

        Returns:
            (B, 5, H, W): logits of an object, of an object's boundary and of an object's centre,
            then x and y of the way to the centre in units of 16 pixels.
        """
        return self.look(images)[0]

    def look(self, images: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the maps, as `forward` does, and the context of the pictures.

        Args:
            images: As for `forward`.
            context: (B, C), of the whole pictures if the images are parts of them.

        Returns:
            The maps, and the (B, C) context.
        """
        stem = self.down_stem(images)
        half = self.down_half(stem)
        quarter = self.down_quarter(half)
        begin, refine, tell, end = self.down_eighth
        x = refine(begin(quarter))
        if context is None:
            context = x.mean((2, 3))
        x = self.join_quarter(end(tell(x, context)), quarter)
        x = self.join_stem(self.join_half(x, half), stem)
        return self.out(self.mix(torch.cat([self.widen(x), self.edges(images)], 1))), context


def widen(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights as float32; those of int8 are multiplied by their scales.

    Args:
        state: Weights by name. Beside a kernel of int8 stands NAME_scale: (channels,), by which
            each output channel was divided.

    Raises:
        RuntimeError: A kernel of whole numbers has no scale.
    """
    wide = {name: value.float() if value.is_floating_point() else value
            for name, value in state.items()}
    for name in [name for name in wide if f'{name}{SCALE}' in wide]:
        scale = wide.pop(f'{name}{SCALE}')
        wide[name] = wide[name].float() * scale.view(-1, *[1] * (wide[name].dim() - 1))
    for name, value in wide.items():
        if value.dim() > 1 and not value.is_floating_point():
            raise RuntimeError(f'{name} has whole numbers without a scale')
    return wide


def load_segmenter(path: Path) -> Segmenter:
    """Load weights (.safetensors, any float type, or int8 with scales) as float32, ready to run.

    Raises:
        ModelError: The file is missing, damaged or of another model.
    """
    segmenter = Segmenter()
    try:
        segmenter.load_state_dict(widen(read_weights(path)))
    except RuntimeError as error:
        raise ModelError(f'The file {path} does not hold the weights of the segmenter '
                         f'({str(error)[:200]}). Choose another file.') from error
    segmenter.eval().requires_grad_(False)
    for module in segmenter.modules():
        if isinstance(module, Convolution):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return segmenter.to(memory_format=torch.channels_last)
