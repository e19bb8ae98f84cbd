# SPDX-License-Identifier: Apache-2.0
"""Building a plain CLIP without drawing the random weights that those of a file replace.

To draw them takes a second of CPU time and more, at every start with a large model.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import init
from torch.overrides import TorchFunctionMode

from ris_ros.encoder.clip_library import CLIP, ModifiedResNet, ResidualAttentionBlock
from ris_ros.errors import ModelError

_DRAWS = (init.normal_, init.uniform_, init.kaiming_uniform_)


class BlankWeights(TorchFunctionMode):
    """Within it, new modules keep whatever their memory holds where weights would be drawn.

    Only for a model whose weights are all loaded afterwards.
    """

    def __torch_function__(self, function: Callable, types: tuple,
                           args: tuple = (), kwargs: dict[str, Any] | None = None) -> object:
        """Call a function of torch, unless it draws weights."""
        kwargs = kwargs or {}
        if function in _DRAWS and isinstance(kwargs.get('tensor'), torch.Tensor):
            return kwargs['tensor']
        return function(*args, **kwargs)


def build_plain_clip(architecture: str, config: dict) -> torch.nn.Module:
    """Build a model of open_clip, all of whose weights are to be loaded.

    Args:
        architecture: What an error calls it.
        config: Configuration of open_clip.

    Raises:
        ModelError: It is not built as the first CLIP.
    """
    try:
        with BlankWeights():
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
