# SPDX-License-Identifier: Apache-2.0
"""CLIP families whose image tower comes from timm: SigLIP 2, PE-Core and MobileCLIP2.

open_clip builds them; it is imported as a whole only for them, because that takes seconds. Towers
with attention pooling (SigLIP 2, PE-Core) see a mask in the pooling. Others have no place for one.
"""
from __future__ import annotations

from dataclasses import replace
from importlib import import_module
import json
import logging
from pathlib import Path

import torch
from torch import Tensor

from ris_ros.encoder.settings import EncoderSettings
from ris_ros.errors import ModelError
from ris_ros.models.model_folder import import_transformers

_LOGGER = logging.getLogger(__name__)


def is_of_timm(config: dict) -> bool:
    """Tell whether a configuration of open_clip has an image tower of timm."""
    vision = config.get('vision_cfg')
    return isinstance(vision, dict) and 'timm_model_name' in vision


def build_timm_clip(architecture: str, config: dict) -> torch.nn.Module:
    """Build a model of open_clip with an image tower of timm and random weights.

    Args:
        architecture: What an error calls it.
        config: Configuration of open_clip.

    Raises:
        ModelError: open_clip or timm cannot build it.
    """
    settings = {key: value for key, value in config.items() if key != 'custom_text'}
    try:
        return import_module('open_clip.model').CustomTextCLIP(**settings)
    except (TypeError, RuntimeError, ValueError, AssertionError, KeyError) as error:
        raise ModelError(f'open_clip and timm cannot build {architecture}: {error!r:.200} '
                         'Compare its configuration with those of open_clip.') from error


def with_published_colours(settings: EncoderSettings, architecture: str) -> EncoderSettings:
    """Return a profile's settings with the mean and std that open_clip publishes with a model.

    Args:
        settings: Of the profile. They stay as they are if nothing is published.
        architecture: open_clip's name of a model, or a config file of it.
    """
    if architecture.endswith('.json'):
        found = json.loads(Path(architecture).read_text()).get('preprocess_cfg', {})
    else:
        pretrained = import_module('open_clip.pretrained')
        tags = pretrained.list_pretrained_tags_by_model(architecture)
        found = pretrained.get_pretrained_cfg(architecture, tags[0]) if tags else {}
    if not {'mean', 'std'} <= found.keys():
        return settings
    mean, std = tuple(found['mean']), tuple(found['std'])
    if (mean, std) != (settings.mean, settings.std):
        _LOGGER.info('Pictures are normalised as %s was trained, by the mean %s and the std %s.',
                     architecture, mean, std)
    return replace(settings, mean=mean, std=std)


def attention_pooling(visual: torch.nn.Module) -> torch.nn.Module | None:
    """Return the attention pooling of timm that an image tower ends with, or None."""
    pooling = getattr(getattr(visual, 'trunk', None), 'attn_pool', None)
    return pooling if type(pooling).__name__ == 'AttentionPoolLatent' else None


def trunk_tokens(visual: torch.nn.Module, images: Tensor) -> Tensor:
    """Return the (N, K + G*G, W) tokens of (N, 3, S, S) images before the pooling.

    The first K are no patches: PE-Core has a class token, SigLIP 2 has none.
    """
    return visual.trunk.forward_features(images)


def pool_masked(visual: torch.nn.Module, tokens: Tensor, masks: Tensor) -> Tensor:
    """Pool the tokens of one image once for each mask.

    In the softmax of the attention, a patch counts by its share in the mask: the logarithm of the
    share is added to its logit, so that patches outside are left out. Tokens that are no patches
    count in full. A mask without any patch leaves nothing out.

    Args:
        visual: Image tower that ends with attention pooling.
        tokens: (1, K + G*G, W), of `trunk_tokens`.
        masks: (N, G, G) in 0..1.

    Returns:
        (N, D) features, not normalised.
    """
    trunk, shares = visual.trunk, masks.flatten(1)
    shares = torch.where(shares.amax(1, keepdim=True) > 0, shares, torch.ones_like(shares))
    others = tokens.shape[1] - shares.shape[1]
    if others and not getattr(trunk, 'pool_include_prefix', True):
        tokens, others = tokens[:, others:], 0
    bias = torch.log(torch.cat([shares.new_ones(len(shares), others), shares], 1))
    pooled = trunk.attn_pool(tokens.expand(len(masks), -1, -1), bias[:, None, None])
    return visual.head(trunk.head(trunk.fc_norm(pooled)))


class FolderTokenizer:
    """The tokenizer of a model whose words are not CLIP's own, read from the model's folder."""

    def __init__(self, folder: Path, architecture: str, context_length: int, options: dict) -> None:
        """Read tokenizer.json and tokenizer_config.json.

        Args:
            folder: Where they lie.
            architecture: What an error calls the model.
            context_length: Number of tokens of each text.
            options: Of open_clip's configuration, such as how a text is cleaned.

        Raises:
            ModelError: A file or the package transformers is missing, or a file is damaged.
        """
        for name in ('tokenizer.json', 'tokenizer_config.json'):
            if not (folder / name).is_file():
                raise ModelError(
                    f'{architecture} has words of its own, and its tokenizer is not there: put '
                    f"the model's {name} into {folder}, beside the weights.")
        import_transformers()
        try:
            made = import_module('open_clip.tokenizer').HFTokenizer(
                str(folder), context_length=context_length, **options)
        except Exception as error:  # a damaged file can make the parser raise anything
            raise ModelError(f'The tokenizer in {folder} cannot be read: {error!r:.200} '
                             'Fetch the model again.') from error
        self._made = made
        self.context_length = context_length

    def __call__(self, texts: list[str]) -> Tensor:
        """Return (T, L) int64 tokens of texts."""
        return self._made(texts)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text, however many."""
        cleaned = self._made.clean_fn(text)
        return self._made.tokenizer.encode(cleaned, add_special_tokens=False)
