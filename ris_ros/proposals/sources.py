# SPDX-License-Identifier: Apache-2.0
"""The proposer that a profile names.

Each is imported when it is made: to read a profile, as the node does first of all, needs no torch.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.errors import FrameError, ModelError
from ris_ros.frame import Frame
from ris_ros.models.registry import find_model_file
from ris_ros.proposals import Proposer

if TYPE_CHECKING:
    from ris_ros.proposals.embedded import EmbeddedProposer
    from ris_ros.proposals.precomputed import PrecomputedProposer
    from ris_ros.proposals.sam3 import Sam3Proposer
    from ris_ros.proposals.sam_proposer import PromptSegmenter, SamProposer


class PromptSource(Enum):
    """What the Segment Anything models are prompted with."""

    GRID = 'grid'
    OBJECTS = 'objects'


class GivenProposer:
    """For profiles whose masks come with each frame; finds none of its own."""

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Raise FrameError, because masks must be given."""
        raise FrameError('This profile has no proposals of its own; give masks with the image '
                         '(--masks on the command line, masks= in Python).')


def _make_embedded(device: str, precision: str, **options: Any) -> EmbeddedProposer:
    """Make the proposer of the package, which always computes in fp32 on the CPU."""
    from ris_ros.proposals.embedded import EmbeddedProposer
    return EmbeddedProposer(**options)


def _make_sam(device: str, precision: str, weights: str, model_type: str,
              prompts: str = PromptSource.GRID.value, **options: Any) -> SamProposer:
    """Make Segment Anything with its prompts."""
    from ris_ros.proposals.sam import SamSegmenter, load_sam
    source = _prompt_source(prompts)
    model = load_sam(find_model_file(weights), model_type, device, precision)
    return _with_prompts(SamSegmenter(model), source, options)


def _make_sam2(family: str, device: str, precision: str, weights: str,
               prompts: str = PromptSource.GRID.value, **options: Any) -> SamProposer:
    """Make SAM 2.1 or EdgeTAM with its prompts."""
    from ris_ros.proposals.sam2 import load_edgetam, load_sam2
    load = {'sam2': load_sam2, 'edgetam': load_edgetam}[family]
    source = _prompt_source(prompts)
    return _with_prompts(load(find_model_file(weights), device, precision), source, options)


def _make_sam3(device: str, precision: str, weights: str, **options: Any) -> Sam3Proposer:
    """Make SAM 3 beside the proposer of the package, which proposes before a noun is known."""
    from ris_ros.proposals.embedded import EmbeddedProposer
    from ris_ros.proposals.sam3 import Sam3Proposer, load_sam3
    model, tokenizer = load_sam3(find_model_file(weights), device, precision)
    return Sam3Proposer(model, tokenizer, EmbeddedProposer(), **options)


def _prompt_source(name: str) -> PromptSource:
    """Return the prompts of a name; raise ModelError if there are none."""
    if name not in [source.value for source in PromptSource]:
        raise ModelError(f'proposals.prompts is {name!r}; expected one of '
                         f'{", ".join(source.value for source in PromptSource)}.')
    return PromptSource(name)


def _with_prompts(segmenter: PromptSegmenter, source: PromptSource,
                  options: dict[str, Any]) -> SamProposer:
    """Make the proposer that prompts a model."""
    from ris_ros.proposals.embedded import EmbeddedProposer
    from ris_ros.proposals.sam_proposer import SamProposer
    objects = EmbeddedProposer() if source is PromptSource.OBJECTS else None
    return SamProposer(segmenter, objects=objects, **options)


def _make_precomputed(device: str, precision: str, path: str) -> PrecomputedProposer:
    """Make the proposer that reads masks from files."""
    from ris_ros.proposals.precomputed import PrecomputedProposer
    return PrecomputedProposer(find_model_file(path))


def _make_given(device: str, precision: str) -> GivenProposer:
    """Make the stand-in of masks that come with each frame."""
    return GivenProposer()


_MAKERS: dict[str, Callable[..., Proposer]] = {
    'embedded': _make_embedded, 'sam': _make_sam, 'sam2': partial(_make_sam2, 'sam2'),
    'edgetam': partial(_make_sam2, 'edgetam'), 'sam3': _make_sam3,
    'precomputed': _make_precomputed, 'given': _make_given}
SOURCES = tuple(_MAKERS)


def make_proposer(options: Mapping[str, Any], device: str,
                  precision: str = 'fp32') -> Proposer:
    """Make the proposer that a profile asks for.

    Args:
        options: The profile's ``proposals`` section: 'source' and the options of that source.
        device: Where the models of the SAM family run; the others run on the CPU.
        precision: Of these models (see `ris_ros.precision`); the others compute in fp32.

    Raises:
        ModelError: The source has no such option, or weights are missing.
    """
    rest = dict(options)
    source = rest.pop('source')
    try:
        return _MAKERS[source](device, precision, **rest)
    except TypeError as error:
        raise ModelError(f'The proposals of source {source!r} do not take these options: '
                         f'{error}.') from error
