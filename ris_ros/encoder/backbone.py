# SPDX-License-Identifier: Apache-2.0
"""CLIP models of open_clip: built from a name or a config file, with weights from a local file."""
from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, cached_property
import json
from pathlib import Path

import torch

from ris_ros.chunks import copy_on_cpu
from ris_ros.encoder.clip_building import build_plain_clip
from ris_ros.encoder.clip_library import ModifiedResNet, SimpleTokenizer, model_config
from ris_ros.encoder.timm_clip import (
    FolderTokenizer,
    attention_pooling,
    build_timm_clip,
    is_of_timm,
)
from ris_ros.errors import ModelError
from ris_ros.models.weights_file import read_weights
from ris_ros.precision import DEVICES, choose_dtype, move

# The file in a model's folder, by the name that open_clip publishes it under.
WEIGHTS_OF_FOLDER = 'open_clip_model.safetensors'


class Family(Enum):
    """Where the image tower of a model takes a mask in.

    Attributes:
        VIT: the first CLIP's ViT, in its last blocks.
        RESNET: the first CLIP's ResNet, before its attention pooling.
        POOLED: a tower of timm that ends with attention pooling, in the pooling.
        MASKLESS: another tower of timm, nowhere.
    """

    VIT = 'vit'
    RESNET = 'resnet'
    POOLED = 'pooled'
    MASKLESS = 'maskless'


@dataclass(frozen=True, eq=False)
class Backbone:
    """A CLIP model in evaluation mode, with its text tower in float32.

    Attributes:
        model: open_clip's model.
        tokenizer: Of its texts.
        size: Side of the square input in pixels.
        grid: Tokens, or cells of the last map, along one side.
        device: Where it runs.
        family: Where it takes a mask in.
        dtype: Of the visual tower.
    """

    model: torch.nn.Module
    tokenizer: SimpleTokenizer | FolderTokenizer
    size: int
    grid: int
    device: torch.device
    family: Family
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
        """Whether the visual tower is CLIP's modified ResNet."""
        return self.family is Family.RESNET

    @property
    def is_of_timm(self) -> bool:
        """Whether the visual tower comes from timm."""
        return self.family in (Family.POOLED, Family.MASKLESS)

    @property
    def width(self) -> int:
        """The length D of a feature."""
        if self.is_of_timm:
            return self.model.text.output_dim
        return self.model.text_projection.shape[-1]

    @cached_property
    def logit(self) -> tuple[float, float]:
        """What a cosine is multiplied by for a score, and what is then added.

        The first CLIP was trained with 100 and 0; the weights of other families hold theirs.
        """
        if not self.is_of_timm:
            return 100.0, 0.0
        bias = self.model.logit_bias
        return float(self.model.logit_scale.exp()), 0.0 if bias is None else float(bias)


def load_backbone(architecture: str, weights: Path, device: str = 'cpu',
                  precision: str = 'fp32') -> Backbone:
    """Build a CLIP model and load its weights.

    Args:
        architecture: open_clip's name of a model ('ViT-B-32-quickgelu') or a config file of it.
        weights: A .safetensors file, a .pt file of plain tensors, or a folder with
            open_clip_model.safetensors. A tokenizer that is not CLIP's own lies beside the file.
        device: Where the model runs.
        precision: Of the visual tower (see `ris_ros.precision`).

    Raises:
        ModelError: A file is missing, damaged or of another model, or the device cannot be used.
    """
    file = weights / WEIGHTS_OF_FOLDER if weights.is_dir() else weights
    return backbone_from_state(architecture, read_weights(file), device, str(file), precision,
                               file.parent)


def backbone_from_state(architecture: str, state: dict[str, torch.Tensor], device: str = 'cpu',
                        source: str = 'the given state dict', precision: str = 'fp32',
                        folder: Path = Path()) -> Backbone:
    """Build a CLIP model with a state dict.

    Args:
        architecture: open_clip's name of a model or a config file of it.
        state: Tensors by open_clip's key names.
        device: Where the model runs.
        source: What an error calls the state dict.
        precision: Of the visual tower (see `ris_ros.precision`).
        folder: Where a tokenizer lies that is not CLIP's own.

    Raises:
        ModelError: The state is of another model, or the device cannot be used.
    """
    config = _config(architecture)
    model = _build(architecture, config)
    tokenizer = _tokenizer(architecture, config, folder, model.context_length)
    try:
        model.load_state_dict({key: value.float() if value.is_floating_point() else value
                               for key, value in state.items()})
    except RuntimeError as error:  # it lists every name that is amiss, on a line for each kind
        first = str(error).splitlines()[min(1, str(error).count('\n'))].strip()
        raise ModelError(
            f'The weights in {source} are not those of {architecture}: {first:.160}... '
            'Choose the weights file of this architecture.') from error
    target = _device(device)
    dtype = choose_dtype(precision, target)
    # First on the CPU, so that the device never holds it in both precisions.
    model.eval().requires_grad_(False).visual.to(dtype)
    visual = move(model, device).visual
    size = visual.image_size if isinstance(visual.image_size, int) else visual.image_size[0]
    family = _family(visual)
    return Backbone(model, tokenizer, size, _grid(visual, family, size), target, family, dtype)


@cache
def own_tokenizer(context_length: int) -> SimpleTokenizer:
    """Return CLIP's own tokenizer, which all models of a process share.

    To read its vocabulary takes longer than to load the embedded weights.

    Args:
        context_length: Of a text, in tokens.
    """
    return SimpleTokenizer(context_length=context_length)


def _family(visual: torch.nn.Module) -> Family:
    """Return the family of an image tower."""
    if isinstance(visual, ModifiedResNet):
        return Family.RESNET
    if not hasattr(visual, 'trunk'):
        return Family.VIT
    return Family.MASKLESS if attention_pooling(visual) is None else Family.POOLED


def _grid(visual: torch.nn.Module, family: Family, size: int) -> int:
    """Return the number of tokens, or of cells of the last map, along one side."""
    if family is Family.VIT:
        return visual.grid_size[0]
    return visual.trunk.patch_embed.grid_size[0] if family is Family.POOLED else size // 32


def _tokenizer(architecture: str, config: dict, folder: Path,
               context_length: int) -> SimpleTokenizer | FolderTokenizer:
    """Return CLIP's own tokenizer, or the one that lies in the model's folder."""
    texts = config['text_cfg']
    if not is_of_timm(config) or 'hf_tokenizer_name' not in texts:
        return own_tokenizer(context_length)
    return FolderTokenizer(folder, architecture, context_length,
                           texts.get('tokenizer_kwargs', {}))


def _device(name: str) -> torch.device:
    """Return torch's device of a name."""
    try:
        return torch.device(name)
    except RuntimeError as error:
        raise ModelError(f'There is no device {name!r}; expected {DEVICES}.') from error


def _config(architecture: str) -> dict:
    """Return the configuration of a name or file."""
    if architecture.endswith('.json'):
        path = Path(architecture)
        if not path.is_file():
            raise ModelError(f'The model config {path} does not exist.')
        try:
            config = json.loads(path.read_text())
        except ValueError as error:
            raise ModelError(f'The model config {path} is not JSON: {error}') from error
    else:
        config = model_config(architecture)
        if config is None:
            raise ModelError(f'open_clip has no model named {architecture!r}; '
                             "expected a name such as 'ViT-B-16-quickgelu' or a .json config.")
    if isinstance(config, dict) and 'model_cfg' in config:  # as open_clip publishes it with weights
        config = config['model_cfg']
    if not isinstance(config, dict) or not isinstance(config.get('text_cfg'), dict):
        raise ModelError(f'The model config {architecture} is not one of open_clip; expected '
                         "'embed_dim', 'vision_cfg' and 'text_cfg'.")
    return config


def _build(architecture: str, config: dict) -> torch.nn.Module:
    """Build a model; its weights, which may be undrawn, are to be loaded."""
    if is_of_timm(config):
        return build_timm_clip(architecture, config)
    return build_plain_clip(architecture, config)
