"""What OpenVINO saves on this CPU, and how far its results are from torch's."""
from __future__ import annotations

from functools import partial
from importlib.util import find_spec

import torch

from ris_lab.benchmark.clip_lines import largest_difference
from ris_lab.benchmark.line import Agreement, Line
from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.models.locations import find_model_file
from ris_ros.openvino_network import OPENVINO
from ris_ros.pipeline import Pipeline
from ris_ros.proposals.learned import Maps, look
from ris_ros.proposals.openvino_segmenter import OpenVinoSegmenter
from ris_ros.proposals.segmenter import load_segmenter

Features = tuple[torch.Tensor, torch.Tensor]
_LIMIT = 1e-3
_REPEATS = 9


def is_installed() -> bool:
    """Return whether there is OpenVINO to be measured."""
    return find_spec('openvino') is not None


def openvino_lines(pipeline: Pipeline, frame: Frame) -> list[Line]:
    """Return the lines of the embedded profile in OpenVINO, against torch."""
    segmenter = load_segmenter(find_model_file('embedded/proposer.safetensors'))
    other = Pipeline.load('embedded', device=OPENVINO)
    inputs = pipeline.encoder.inputs(frame.image, pipeline.proposer.propose(frame))
    return [
        Line('embedded: the segmenter in OpenVINO',
             partial(look, OpenVinoSegmenter(segmenter), frame.image),
             partial(look, segmenter, frame.image), agree=_maps_agree, repeats=_REPEATS,
             note='against torch'),
        Line('embedded: features in OpenVINO', partial(other.encoder.visual_parts, inputs),
             partial(pipeline.encoder.visual_parts, inputs), agree=_features_agree,
             repeats=_REPEATS, note=f'{len(inputs.token_masks)} masks; against torch'),
        Line('embedded: a full index in OpenVINO', lambda: other.index(frame),
             lambda: pipeline.index(frame), agree=_indexes_agree, repeats=_REPEATS,
             note='against torch')]


def _maps_agree(ours: Maps, plain: Maps) -> Agreement:
    """Compare the likelihoods of objects."""
    return largest_difference(
        torch.from_numpy(ours.object), torch.from_numpy(plain.object), _LIMIT)


def _features_agree(ours: Features, plain: Features) -> Agreement:
    """Compare global and local features."""
    return largest_difference(torch.stack(ours), torch.stack(plain), _LIMIT)


def _indexes_agree(ours: SceneIndex, plain: SceneIndex) -> Agreement:
    """Compare the features, of the same number of masks."""
    if len(ours.masks) != len(plain.masks):
        return Agreement('number of masks', abs(len(ours.masks) - len(plain.masks)), 0)
    return largest_difference(
        torch.from_numpy(ours.features), torch.from_numpy(plain.features), _LIMIT)
