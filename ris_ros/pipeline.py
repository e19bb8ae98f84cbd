"""The whole road in Python: a frame is indexed once, commands are grounded in the index."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from ris_ros.chunks import Pause, no_pause
from ris_ros.encoder.backbone import load_backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.errors import CommandError, FrameError
from ris_ros.frame import Frame
from ris_ros.grounding.appearance import Appearance
from ris_ros.grounding.decision import decide
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.grounding.scoring import believe
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.command import Language
from ris_ros.language.query import Query
from ris_ros.models.registry import find_model_file
from ris_ros.profile import Profile, load_profile, with_clip
from ris_ros.proposals import Proposer
from ris_ros.proposals.sources import make_proposer
from ris_ros.status import Status


@dataclass(frozen=True, eq=False)
class Pipeline:
    """Zero-shot referring image segmentation with one profile.

    appearance: what compares the encoder's features with words, CLIP itself by default.

    >>> pipeline = Pipeline.load('embedded')
    >>> scene = pipeline.index(Frame(image, depth, camera))
    >>> grounding = pipeline.ground(scene, 'the red mug left of the bowl')
    """

    profile: Profile
    language: Language
    proposer: Proposer
    encoder: Encoder
    appearance: Appearance

    @classmethod
    def load(cls, profile: str = 'embedded', *, architecture: str = '', weights: str = '',
             device: str = 'cpu', precision: str = 'auto') -> Pipeline:
        """Load a profile by name or YAML path; nothing is fetched.

        architecture, weights: a CLIP model of open_clip and its weights file in place of the
        profile's own.
        precision: of the image models: 'fp32', 'bf16', 'fp16', or 'auto' for the profile's.
        Raises ModelError for an unknown profile and for missing or damaged weights, FrameError
        for a profile whose mask files cannot be read.
        """
        return cls.of(with_clip(load_profile(profile), architecture, weights), device, precision)

    @classmethod
    def of(cls, profile: Profile, device: str = 'cpu', precision: str = 'auto') -> Pipeline:
        """Load the models of a profile that has been read; as `load` in all else."""
        architecture = profile.architecture
        if architecture.endswith('.json'):
            architecture = str(find_model_file(architecture))
        precision = profile.precision if precision == 'auto' else precision
        backbone = load_backbone(architecture, find_model_file(profile.weights), device,
                                 precision)
        encoder = Encoder(backbone, profile.encoder)
        return cls(profile=profile, language=Language.load(profile.language),
                   proposer=make_proposer(profile.proposals, device, precision),
                   encoder=encoder, appearance=encoder)

    def parse(self, text: str) -> Query:
        """Return what a command asks for; raises CommandError on unusable text."""
        return self.language.parse(text)

    def index(self, frame: Frame, masks: np.ndarray | None = None,
              give_way: Pause = no_pause) -> SceneIndex:
        """Find and encode the proposals of a frame.

        masks: (N, H, W) bool proposals from outside, in place of the profile's proposer; empty
        ones are left out.  give_way: called between chunks of the work; it may wait, and what it
        raises ends the work.  Raises FrameError where the masks do not fit the image.
        """
        masks = self.proposer.propose(frame, give_way) if masks is None else _checked(masks, frame)
        give_way()
        encoding = encode(self.encoder, frame.image, masks, None, None, give_way)
        return SceneIndex.of(frame, masks, encoding.features)

    def ground(self, scene: SceneIndex, text: str) -> Grounding:
        """Answer a command from an indexed frame; unusable text gets the status BAD_COMMAND."""
        try:
            query = self.parse(text)
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error))
        return self.answer(scene, query)

    def answer(self, scene: SceneIndex, query: Query,
               excluded: Sequence[np.ndarray] = ()) -> Grounding:
        """Answer a parsed command from an indexed frame.

        excluded: (H, W) bool masks of objects that are not meant ("the other one"), of this frame
        or of an earlier one.
        """
        if query.expression is None:
            return Grounding(Status.NOT_FOUND,
                             f'The command {query.text!r} names no object to look for.')
        beliefs = believe(query, scene, partial(self.rate, scene), self.profile.decision,
                          excluded)
        return decide(query, beliefs, self.profile.decision, partial(describe, scene))

    def rate(self, scene: SceneIndex, query: Query) -> np.ndarray:
        """Return the (N,) scores of how the proposals look to the texts of a query."""
        if not len(scene.masks):
            return np.zeros(0)
        visual = torch.from_numpy(scene.features)
        anchors = [relation.anchor.lower() for relation in query.relations]
        return self.appearance.rate(visual, query.sentence, query.phrase, anchors).numpy()


def describe(scene: SceneIndex, index: int, score: float, confidence: float,
             is_meant: bool) -> Candidate:
    """Return one proposal as a candidate, located where the frame has depth.

    What is meant is located in this very frame; for a runner-up it is enough where it was when the
    index was built, as nothing has changed since.
    """
    location = scene.location(index) if is_meant else scene.earlier_location(index)
    box = tuple(int(value) for value in scene.boxes[index])
    return Candidate(scene.masks[index], box, score, location, confidence)


def _checked(masks: np.ndarray, frame: Frame) -> np.ndarray:
    """Return given masks as (N, H, W) bool without empty ones."""
    masks = np.asarray(masks)
    if masks.ndim != 3 or masks.shape[1:] != frame.size:
        raise FrameError(f'The masks have shape {masks.shape}; expected (N, H, W) with '
                         f'H, W = {frame.size} of the image.')
    masks = masks.astype(bool)
    return masks[masks.any(axis=(1, 2))]
