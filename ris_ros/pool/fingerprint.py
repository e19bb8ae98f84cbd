# SPDX-License-Identifier: Apache-2.0
"""Which models an index was made with: features of other ones cannot be compared with words."""
from __future__ import annotations

from dataclasses import asdict
import hashlib
import json

from ris_ros.models.hashes import sha256_of
from ris_ros.models.registry import find_model_file
from ris_ros.profile import Profile


def fingerprint(profile: Profile) -> str:
    """Return what tells the models of a profile from all others.

    It covers what finds the masks, how they are encoded, and the bytes of CLIP's weights; of the
    weights that find masks only the name, because a robot with a pool does not have them.  It
    leaves out names of profiles, the decision, the precision and the size of batches.

    Args:
        profile: The profile, with the weights that are in use.

    Returns:
        16 hex digits.

    Raises:
        ModelError: The weights are missing.
    """
    encoder = {name: value for name, value in asdict(profile.encoder).items()
               if name != 'batch_size'}
    facts = {'proposals': profile.proposals, 'architecture': profile.architecture,
             'encoder': encoder, 'weights': sha256_of(find_model_file(profile.weights))}
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
