# SPDX-License-Identifier: Apache-2.0
"""What is remembered of things that a command names and that are not seen now, in sentences."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import expit
import torch

from ris_ros.grounding.appearance import appearance_query, fits_every_object
from ris_ros.grounding.result import Grounding
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Query
from ris_ros.pipeline import Pipeline
from ris_ros.questions.viewer import CAMERA, FIXED_FRAMES, Viewer
from ris_ros.questions.wording import capital, noun_phrase, with_article
from ris_ros.tracking.known_object import Presence
from ris_ros.tracking.scene_memory import Recollection

# A remembered thing is one that is named from this probability on.
_FITS = 0.5
_WHY = {Presence.HIDDEN: ' Something may be in front of it.',
        Presence.OUT_OF_VIEW: ' That is outside the picture.',
        Presence.GONE: ' It is not there any more.'}
_STATE = {Presence.HIDDEN: 'is hidden or gone', Presence.OUT_OF_VIEW: 'is out of view',
          Presence.GONE: 'is gone'}


def fitting(query: Query, remembered: Sequence[Recollection], scene: SceneIndex,
            pipeline: Pipeline) -> list[Recollection]:
    """Return the remembered things that look like what a query names, the last seen first.

    Relations and positions are not judged: they were those of another picture.

    Args:
        query: The query.
        remembered: The things, whether they are seen now or not.
        scene: The present scene, whose other things are a contrast.
        pipeline: The models.
    """
    if not remembered:
        return []
    by_age = sorted(remembered, key=lambda one: one.age)
    if fits_every_object(query):
        return by_age
    seen, settings = appearance_query(query), pipeline.profile.decision
    features = np.stack([one.known.prime for one in by_age])
    if pipeline.contrast is not None and settings.contrasted:
        both = np.concatenate([scene.features.reshape(-1, features.shape[1]), features])
        judged = pipeline.contrast.judge(both.astype(np.float32), seen)
        chances = expit(judged.log_odds[len(scene.features):])
    else:
        scores = pipeline.appearance.rate(
            torch.from_numpy(features.astype(np.float32)), seen.sentence, seen.phrase, ()).numpy()
        chances = settings.calibration.fits(scores, float(scores.max()))
    return [one for one, chance in zip(by_age, chances, strict=True) if chance >= _FITS]


def newcomers(query: Query, remembered: Sequence[Recollection], scene: SceneIndex,
              pipeline: Pipeline) -> list[np.ndarray]:
    """Return what 'the mug you saw before' does not mean: it came after such a mug had gone.

    The arguments are those of `fitting`.

    Returns:
        (H, W) bool masks.
    """
    found = fitting(query, remembered, scene, pipeline)
    away = [one for one in found if not one.known.is_visible]
    if not away:
        return []
    boxes = [one.known.box for one in found if one.known.is_visible
             and one.known.first_seen > away[0].known.last_seen]
    return [mask for mask, box in zip(scene.masks, scene.boxes, strict=True)
            if any((box == other).all() for other in boxes)]


def recall(grounding: Grounding, query: Query, remembered: Sequence[Recollection], is_past: bool,
           scene: SceneIndex, pipeline: Pipeline, viewer: Viewer) -> Grounding:
    """Add to an answer that finds nothing where such a thing was last seen.

    Args:
        grounding: The answer.
        query: What was looked for.
        remembered: The things that are remembered.
        is_past: Whether it was called one that was seen before.
        scene: The present scene.
        pipeline: The models.
        viewer: Who places are told from.
    """
    if fits_every_object(query) and not is_past:
        return grounding
    away = [one for one in fitting(query, remembered, scene, pipeline) if not one.known.is_visible]
    if not away:
        return replace(grounding, message=f'{grounding.message} Nor do I remember one.') if (
            is_past) else grounding
    size = scene.frame.size
    message = (tell_gone(query, away[0], viewer, size) if is_past else
               f'{grounding.message} {tell_last_seen(query, away[0], viewer, size)}')
    return replace(grounding, message=message, recalled=away[0].known.id)


def tell_last_seen(query: Query, one: Recollection, viewer: Viewer, size: tuple[int, int]) -> str:
    """Say when and where a thing was last seen that is not seen now.

    Args:
        query: What it was called.
        one: The thing.
        viewer: Who places are told from.
        size: Height and width of the picture.
    """
    what = one.known.name or noun_phrase(query, several=False).lower()
    return capital(f'{with_article(what)} was last seen {_ago(one.age)} ago, '
                   f'{_place(one, viewer, size)}.{_WHY[one.known.presence]}')


def tell_gone(query: Query, one: Recollection, viewer: Viewer, size: tuple[int, int]) -> str:
    """Say that a thing that was seen before is not seen now, and since when.

    The arguments are those of `tell_last_seen`.
    """
    return (f'The {noun_phrase(query, several=False).lower()} that I saw before '
            f'{_STATE[one.known.presence]}: I last saw it {_ago(one.age)} ago, '
            f'{_place(one, viewer, size)}.')


def _place(one: Recollection, viewer: Viewer, size: tuple[int, int]) -> str:
    """Tell where a thing was last seen, in which direction from here."""
    if viewer.frame in FIXED_FRAMES:
        viewer = CAMERA  # a place in the map is no direction
    return viewer.tell(one.location, size)


def _ago(seconds: float) -> str:
    """Say a time span."""
    if seconds < 1:
        return 'a moment'
    if seconds < 100:
        return f'{seconds:.0f} s'
    if seconds < 6000:
        return f'{seconds / 60:.0f} min'
    return f'{seconds / 3600:.0f} h'
