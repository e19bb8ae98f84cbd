# SPDX-License-Identifier: Apache-2.0
"""The pipeline: a frame is indexed once, and commands are grounded in its index."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.encoder.encoder import Encoder
from ris_ros.errors import CommandError, FrameError
from ris_ros.frame import Frame
from ris_ros.grounding.appearance import Appearance
from ris_ros.grounding.concepts import ConceptSearch
from ris_ros.grounding.contrast import Contrast
from ris_ros.grounding.decision import decide
from ris_ros.grounding.result import Grounding
from ris_ros.grounding.scoring import Scorer
from ris_ros.image_models import ImageModels
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.command import Language
from ris_ros.language.dialogue import interruption
from ris_ros.language.query import Query
from ris_ros.profile import Profile, load_profile, with_clip
from ris_ros.proposals import Proposer
from ris_ros.proposals.concepts import ConceptProposer
from ris_ros.questions.naming import read_nouns
from ris_ros.questions.replies import Respondent
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.status import Status


@dataclass(frozen=True, eq=False)
class Pipeline:
    """Zero-shot referring image segmentation with the models of one profile.

    Attributes:
        profile: The profile.
        language: Parses commands.
        proposer: Finds the masks of a frame.
        encoder: Makes the visual features of the masks.
        appearance: Compares these features with words; the encoder itself unless it is replaced.
        concepts: Looks for the nouns of a command; None if the proposer knows no nouns.
        nouns: Those that the models know, by which answers name things.
        contrast: Contrasts words with others where the profile was not calibrated, else None.

    >>> pipeline = Pipeline.load('embedded')
    >>> scene = pipeline.index(Frame(image, depth, camera))
    >>> grounding = pipeline.ground(scene, 'the red mug left of the bowl')
    """

    profile: Profile
    language: Language
    proposer: Proposer
    encoder: Encoder
    appearance: Appearance
    concepts: ConceptSearch | None = None
    nouns: tuple[str, ...] = field(default_factory=partial(read_nouns, Profile.nouns))
    contrast: Contrast | None = None

    @classmethod
    def load(cls, profile: str = 'embedded', *, architecture: str = '', weights: str = '',
             device: str = 'cpu', precision: str = 'auto') -> Pipeline:
        """Load the models of a profile; nothing is fetched.

        Args:
            profile: Name of a profile, or path of its YAML file.
            architecture: A CLIP model of open_clip in place of the profile's own.
            weights: The weights file of that model.
            device: A device of torch.
            precision: Of the image models: 'fp32', 'bf16', 'fp16', or 'auto' for the profile's.

        Raises:
            ModelError: The profile is unknown, or weights are missing or damaged.
            FrameError: Mask files that the profile names cannot be read.
        """
        return cls.of(with_clip(load_profile(profile), architecture, weights), device, precision)

    @classmethod
    def of(cls, profile: Profile, device: str = 'cpu', precision: str = 'auto') -> Pipeline:
        """Load the models of a profile that has been read; see `load`."""
        models = ImageModels.of(profile, device, precision)
        proposer, encoder = models.proposer, models.encoder
        nouns = read_nouns(profile.nouns)
        contrast = Contrast.of(encoder, nouns) if profile.decision.contrasted else None
        concepts = (ConceptSearch(proposer, encoder) if isinstance(proposer, ConceptProposer)
                    else None)
        return cls(profile=profile, language=Language.load(profile.language),
                   proposer=proposer, encoder=encoder, appearance=encoder, concepts=concepts,
                   contrast=contrast, nouns=nouns)

    @property
    def image_models(self) -> ImageModels:
        """What finds and encodes the proposals of a frame."""
        return ImageModels(self.proposer, self.encoder)

    def parse(self, text: str) -> Query:
        """Parse a command; raises CommandError on unusable text."""
        return self.language.parse(text)

    def index(self, frame: Frame, masks: np.ndarray | None = None,
              give_way: Pause = no_pause) -> SceneIndex:
        """Find and encode the proposals of a frame.

        Args:
            frame: The frame.
            masks: (N, H, W) bool proposals in place of the proposer's; empty ones are left out.
            give_way: Called between chunks of the work. It may wait, and it ends the work by
                raising an exception.

        Raises:
            FrameError: The masks do not fit the image, or it is no `Frame`.
        """
        return self.image_models.index(frame, masks, give_way)

    def ground(self, scene: SceneIndex, text: str) -> Grounding:
        """Answer a command or question from an indexed frame.

        Unusable text gets the status BAD_COMMAND, a question the status ANSWERED, and an order to
        stop the status STOPPED.
        """
        try:
            query = self.parse(text)
            if turn := interruption(query.text):
                return Grounding(Status.STOPPED, turn.message)
            if query.question is None:
                return self.answer(scene, query)
            about = self.asked(query)
            if about.expression is None:  # "where is it"
                raise CommandError('The question names no object that could be looked for; ask '
                                   'e.g. "where is the red mug".')
            return self.respondent(self.look_for(scene, about)).answer(query.question, about)
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error))

    def refer(self, scene: SceneIndex, text: str) -> Grounding:
        """Find the object that a text names, also where it is a question: 'where is the mug'."""
        try:
            return self.answer(scene, self.parse(text))
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error))

    def asked(self, query: Query) -> Query:
        """Return the objects that a question is about, as a query of their own."""
        question = query.question
        about = self.parse(question.text) if question and question.text else query
        if about.expression is None:  # "I lost my keys. Where are they?"
            about = query if query.expression is not None else about
        return about

    def respondent(self, scene: SceneIndex, viewer: Viewer = CAMERA,
                   pointed: int | None = None) -> Respondent:
        """Return what answers questions about an indexed frame.

        Args:
            scene: The index of the frame.
            viewer: Who places are told from.
            pointed: As for `answer`.
        """
        return Respondent(scene, self.appearance, self.profile.decision, self.nouns, viewer,
                          pointed, self.contrast)

    def look_for(self, scene: SceneIndex, query: Query) -> SceneIndex:
        """Return the scene with what its picture shows of the nouns of a query.

        Numbers of proposals in an answer are those in this scene.

        Raises:
            FrameError: It is no index of a frame.
        """
        if not isinstance(scene, SceneIndex):
            raise FrameError(f'Commands are answered from the index of a frame, not from a '
                             f'{type(scene).__name__}; index it first: '
                             'scene = pipeline.index(Frame(image)).')
        if self.concepts is None or query.expression is None or query.forbidden:
            return scene
        return self.concepts.look_for(scene, query)

    def answer(self, scene: SceneIndex, query: Query,
               excluded: Sequence[np.ndarray] = (), least_confidence: float = 0.0,
               pointed: int | None = None) -> Grounding:
        """Ground what a parsed text names in an indexed frame, whether it is a question or not.

        Args:
            scene: The index of the frame.
            query: The parsed command.
            excluded: (H, W) bool masks of objects that are not meant ("the other one").
            least_confidence: In place of the profile's; 0 for the profile's.
            pointed: Number of the proposal that 'this thing' means as an anchor; None for none.
        """
        if query.forbidden:
            return Grounding(Status.NOT_FOUND, f'The command {query.text!r} says what to leave '
                             'alone, and names no object to look for.', query.expression)
        if query.expression is None:
            return Grounding(Status.NOT_FOUND,
                             f'The command {query.text!r} names no object to look for.')
        settings = self.profile.decision
        if least_confidence:
            settings = replace(settings, least_confidence=least_confidence)
        scene = self.look_for(scene, query)
        beliefs = Scorer(scene, self.appearance, settings, pointed,
                         self.contrast).score(query, excluded)
        return decide(query, beliefs, settings, scene)
