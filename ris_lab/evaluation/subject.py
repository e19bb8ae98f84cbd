# SPDX-License-Identifier: Apache-2.0
"""What is evaluated: a few plain values from which any machine makes the same answers."""
from __future__ import annotations

from dataclasses import dataclass, replace
import hashlib
from pathlib import Path

import torch

from ris_lab.evaluation.answers import PipelineAnswers
from ris_lab.evaluation.given_masks import open_masks
from ris_lab.evaluation.results import Record, differences
from ris_ros.encoder.settings import PAPER_GLOBAL_WEIGHT
from ris_ros.errors import RisError
from ris_ros.models.hashes import sha256_of
from ris_ros.models.registry import find_model_file
from ris_ros.models.weights_file import check_there
from ris_ros.pipeline import Pipeline
from ris_ros.process import use_one_blas_thread
from ris_ros.profile import Profile, load_profile, with_clip


@dataclass(frozen=True)
class Subject:
    """A profile on a split of a data set.

    Attributes:
        dataset: Name of the data set.
        split: Name of the split.
        split_by: Who divided RefCOCOg, '' for the other data sets.
        protocol: 'paper' or 'default'.
        profile: Name or path of the profile.
        architecture: CLIP architecture to use instead of the profile's, '' for the profile's.
        weights: Weights to use instead of the profile's, '' for the profile's. If only an
            architecture is given, its weights come from the registry.
        device: Torch device.
        masks: Folder or file of precomputed proposals (see `open_masks`), None for the profile's
            own proposals.
        method: One of methods.METHODS.
    """

    dataset: str
    split: str
    split_by: str
    protocol: str
    profile: str
    architecture: str = ''
    weights: str = ''
    device: str = 'cpu'
    masks: Path | None = None
    method: str = 'full'

    def resolved_profile(self) -> Profile:
        """Return the profile with the CLIP and the published weight that are used."""
        profile = with_clip(load_profile(self.profile), self.architecture, self.weights)
        return for_dataset(profile, self.dataset)

    def describe(self) -> Record:
        """Return what must be the same for results to belong together; no large file is read."""
        profile = self.resolved_profile()
        encoder = profile.encoder
        settings = repr(replace(profile, weights=''))  # these go by name and hash
        return {
            'dataset': self.dataset, **({'split_by': self.split_by} if self.split_by else {}),
            'split': self.split, 'protocol': self.protocol, 'profile': profile.name,
            'settings_sha256': hashlib.sha256(settings.encode()).hexdigest(),
            'architecture': profile.architecture, 'weights': Path(profile.weights).name,
            'global_weight': encoder.global_weight,
            # Only the paper's preprocessing resizes tensors.
            'antialias': encoder.antialias if encoder.preprocessing == 'paper' else None,
            'proposals': 'precomputed' if self.masks else profile.proposals['source'],
            **({} if self.method == 'full' else {'method': self.method})}

    def identify(self) -> Record:
        """Return the description with the SHA-256 of the files.

        Raises:
            RisError: A file is missing.
        """
        weights = find_model_file(self.resolved_profile().weights)
        check_there(weights)
        one_file = self.masks is not None and self.masks.is_file()
        return {**self.describe(), 'weights_sha256': sha256_of(weights),
                **({'masks_sha256': sha256_of(self.masks)} if one_file else {})}

    def load_as(self, expected: Record) -> PipelineAnswers:
        """Load on a worker with one thread, because it shares its machine with other workers.

        Args:
            expected: The description of the run, as `identify` returns it.

        Raises:
            RisError: The machine's files are not those of the run.
        """
        torch.set_num_threads(1)
        use_one_blas_thread()
        if other := differences(self.identify(), expected):
            raise RisError(f'The files on this machine are not those of the run: {other}. Give '
                           'each machine the same package, profile, weights and masks.')
        return self.load()

    def load(self) -> PipelineAnswers:
        """Load the models and masks for the chosen method.

        Raises:
            RisError: A file cannot be used.
        """
        return self.load_models().by(self.method)

    def load_models(self) -> PipelineAnswers:
        """Load the models and open the masks, for the profile's own method."""
        profile = self.resolved_profile()
        if self.protocol == 'paper':  # the published method always answers
            profile = replace(profile, decision=replace(profile.decision, forced=True))
        masks = None if self.masks is None else open_masks(self.masks)
        return PipelineAnswers(Pipeline.of(profile, self.device), masks)


def for_dataset(profile: Profile, dataset: str) -> Profile:
    """Return the profile; the paper's gets the weight published for the data set."""
    if profile.name != 'paper':
        return profile
    weight = PAPER_GLOBAL_WEIGHT.get(dataset, profile.encoder.global_weight)
    return replace(profile, encoder=replace(profile.encoder, global_weight=weight))
