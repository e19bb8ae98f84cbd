# SPDX-License-Identifier: Apache-2.0
"""The models of a node that has its frames indexed by a pool."""
from __future__ import annotations

from dataclasses import replace
import os
import re
import secrets
import socket

from ris_ros.errors import ModelError
from ris_ros.frame import square_frame
from ris_ros.index.updater import Updater
from ris_ros.node.parameters import Settings
from ris_ros.pipeline import Pipeline
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool.link import PoolAddress, PoolLink
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.remote_index import PoolTerms, PoolUpdater
from ris_ros.profile import Profile, load_profile, with_clip

TOKEN_VARIABLE = 'RIS_POOL_TOKEN'
# The pool finds the masks; what would find them here is not loaded.
_NO_PROPOSALS: dict[str, object] = {'source': 'given'}


def load_with_pool(settings: Settings) -> tuple[PoolUpdater, Pipeline, Pipeline]:
    """Load what a robot needs beside a pool.

    Returns:
        What indexes frames; the pipeline that answers from the pool's indexes; and the one that
        answers from the robot's own where these are of other models.

    Raises:
        ModelError: The profile cannot be split, or weights are missing.
    """
    profile = with_clip(load_profile(settings.profile), '', settings.weights)
    if profile.proposals['source'] == 'sam3':
        raise ModelError(f'The profile {settings.profile!r} looks for the nouns of a command in '
                         'the picture, which a pool cannot do; leave the parameter pool empty, or '
                         'choose another profile.')
    model = fingerprint(profile)
    fallback = load_profile(settings.pool_fallback)
    has_other_models = fingerprint(fallback) != model
    own = Pipeline.of(fallback, settings.device, settings.precision)
    own.index(square_frame())  # the first index takes longer, and the first fallback must not
    pipeline = own
    if profile != fallback:
        pipeline = Pipeline.of(_without_proposals(profile), settings.device, settings.precision)
    link = PoolLink(PoolAddress(settings.pool.rstrip('/'), _token(), _seat(), model))
    terms = PoolTerms(
        model, pipeline.encoder.backbone.width, fallback.name, has_other_models,
        settings.pool_patience, ColourFormat(settings.pool_colour), settings.pool_features,
        settings.refresh_every)
    updater = PoolUpdater(
        link, Updater(own.proposer, own.encoder, settings.refresh_every), terms)
    return updater, pipeline, own


def _without_proposals(profile: Profile) -> Profile:
    """Return a profile that loads no model for masks."""
    return replace(profile, proposals=_NO_PROPOSALS)


def _token() -> str:
    """Return the robot's token, without the line end that a file gives it; '' for none."""
    token = os.environ.get(TOKEN_VARIABLE, '').strip()
    if not all('!' <= character <= '~' for character in token):
        raise ModelError(f'The variable {TOKEN_VARIABLE} holds no token of a pool: expected '
                         'letters, digits and signs of ASCII, without blanks.')
    return token


def _seat() -> str:
    """Return a name that no other node has, not even one of the same process."""
    return re.sub(r'[^A-Za-z0-9_.-]', '-', f'{socket.gethostname()[:40]}-{secrets.token_hex(6)}')
