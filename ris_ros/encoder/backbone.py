"""CLIP models of open_clip: built from a name or a config file, with weights from a local file."""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
import json
from pathlib import Path

import torch

from ris_ros.chunks import copy_on_cpu
from ris_ros.encoder.clip_library import (
    CLIP,
    ModifiedResNet,
    ResidualAttentionBlock,
    SimpleTokenizer,
    model_config,
)
from ris_ros.errors import ModelError
from ris_ros.models.weights_file import read_weights
from ris_ros.precision import DEVICES, choose_dtype


@dataclass(frozen=True, eq=False)
class Backbone:
    """A CLIP model in evaluation mode, with its text tower in float32.

    Attributes:
        model: open_clip's model.
        tokenizer: Of its texts.
        size: Side of the square input in pixels.
        grid: Tokens, or cells of the last map, along one side.
        device: Where it runs.
        dtype: Of the visual tower.
    """

    model: torch.nn.Module
    tokenizer: SimpleTokenizer
    size: int
    grid: int
    device: torch.device
    dtype: torch.dtype = torch.float32

    def place(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor where the visual tower is and in its type."""
        if self.device.type == 'cuda' and tensor.device.type == 'cpu':
            tensor = tensor.pin_memory()  # the copy does not wait for what the GPU is doing
        return tensor.to(self.device, self.dtype, non_blocking=self.device.type == 'cuda')

    @cached_property
    def on_cpu(self) -> Backbone:
        """A float32 copy on the CPU: it stands in where the GPU has no memory left."""
        return replace(self, model=copy_on_cpu(self.model), device=torch.device('cpu'),
                       dtype=torch.float32)

    @property
    def is_resnet(self) -> bool:
        """Whether the visual tower is CLIP's modified ResNet, else it is a ViT."""
        return isinstance(self.model.visual, ModifiedResNet)


def load_backbone(architecture: str, weights: Path, device: str = 'cpu',
                  precision: str = 'fp32') -> Backbone:
    """Build a CLIP model and load its weights.

    Args:
        architecture: open_clip's name of a model ('ViT-B-32-quickgelu') or a config file of it.
        weights: A .safetensors file, or a .pt file of plain tensors.
        device: Where the model runs.
        precision: Of the visual tower (see `ris_ros.precision`).

    Raises:
        ModelError: A file is missing, damaged or of another model, or the device cannot be used.
    """
    return backbone_from_state(architecture, read_weights(weights), device, str(weights),
                               precision)


def backbone_from_state(architecture: str, state: dict[str, torch.Tensor], device: str = 'cpu',
                        source: str = 'the given state dict',
                        precision: str = 'fp32') -> Backbone:
    """Build a CLIP model with a state dict.

    Args:
        architecture: open_clip's name of a model or a config file of it.
        state: Tensors by open_clip's key names.
        device: Where the model runs.
        source: What an error calls the state dict.
        precision: Of the visual tower (see `ris_ros.precision`).

    Raises:
        ModelError: The state is of another model, or the device cannot be used.
    """
    model = _build(architecture)
    try:
        model.load_state_dict({key: value.float() if value.is_floating_point() else value
                               for key, value in state.items()})
    except RuntimeError as error:
        raise ModelError(
            f'The weights in {source} are not those of {architecture}: '
            f'{str(error).splitlines()[1].strip() if chr(10) in str(error) else error} '
            'Choose the weights file of this architecture.') from error
    target = _device(device)
    try:
        model = model.eval().requires_grad_(False).to(target)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f'The device {device!r} cannot be used: {error}. '
                         f'Choose one of this machine: {DEVICES}.') from error
    dtype = choose_dtype(precision, target)
    visual = model.visual.to(dtype)
    size = visual.image_size if isinstance(visual.image_size, int) else visual.image_size[0]
    grid = size // 32 if isinstance(visual, ModifiedResNet) else visual.grid_size[0]
    return Backbone(model, SimpleTokenizer(context_length=model.context_length), size, grid,
                    target, dtype)


def _device(name: str) -> torch.device:
    """Return torch's device of a name."""
    try:
        return torch.device(name)
    except RuntimeError as error:
        raise ModelError(f'There is no device {name!r}; expected {DEVICES}.') from error


def _build(architecture: str) -> torch.nn.Module:
    """Build a model with random weights."""
    if architecture.endswith('.json'):
        path = Path(architecture)
        if not path.is_file():
            raise ModelError(f'The model config {path} does not exist.')
        try:
            config = json.loads(path.read_text())
        except json.JSONDecodeError as error:
            raise ModelError(f'The model config {path} is not JSON: {error}') from error
    else:
        config = model_config(architecture)
        if config is None:
            raise ModelError(f'open_clip has no model named {architecture!r}; '
                             "expected a name such as 'ViT-B-16-quickgelu' or a .json config.")
    try:
        model = CLIP(**config)
    except (TypeError, NotImplementedError) as error:
        raise ModelError(f'{architecture} is not a plain CLIP of open_clip: {error}') from error
    if not _is_plain(model):
        raise ModelError(f'{architecture} is not a plain CLIP: its transformers differ from those '
                         'of Radford et al. (ICML 2021), which the encoder is written for.')
    return model


def _is_plain(model: CLIP) -> bool:
    """Tell whether both towers are as in the first CLIP, block by block."""
    visual = model.visual
    towers = [model.transformer]
    if not isinstance(visual, ModifiedResNet):
        if visual.attn_pool or visual.pool_type != 'tok' or visual.final_ln_after_pool:
            return False
        towers.append(visual.transformer)
    return (model.text_pool_type == 'argmax' and model.attn_mask is not None
            and isinstance(model.text_projection, torch.Tensor)
            and all(type(block) is ResidualAttentionBlock and block.attn.batch_first
                    for tower in towers for block in tower.resblocks))
