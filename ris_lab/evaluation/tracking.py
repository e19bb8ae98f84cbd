# SPDX-License-Identifier: Apache-2.0
"""How well an object is tracked, measured on simulated streams with the noise of a camera.

The first frame's best proposal is tracked.  As in a node that indexes in the background, the index
of every tenth frame or so is ready that number of frames later.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
import time

import cv2
import numpy as np

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.image_files import write_film, write_image
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status
from ris_ros.tracking.tracker import Track, Tracker
from ris_sim.dataset import contact_sheet
from ris_sim.rendering.raycast import visible_share
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import KINDS, Shot, make_stream

RIGHT_IOU = .7
# Share of the object from which on a frame counts as showing it.
VISIBLE = .5
# Frames of each stream on the sheet.
COLUMNS = 8
FILM_SIZE = (400, 300)
FOUND_COLOUR, LOST_COLOUR = (40, 220, 80), (235, 60, 60)


@dataclass(frozen=True)
class StreamSettings:
    """What the streams have in common.

    Attributes:
        frames: Number in each stream.
        rate: Frames a second.
        index_every: Frames from index to index.
        width: Of a frame in pixels; its height is three quarters of that.
    """

    frames: int = 40
    rate: float = 16.0
    index_every: int = 10
    width: int = 640


@dataclass(frozen=True, eq=False)
class TrackedFrame:
    """One frame of a stream: where the object is, and where it was tracked.

    Attributes:
        visible: The share of the object that shows, of what would show with nothing before it and
            without the borders of the picture.
        track: The tracker's result.
        iou: Of the tracked mask and the object.
        own: Pixels of the mask on the object.
        other: Pixels of the mask on the thing beside it that has most of them.
        seconds: CPU time.
        image: (H, W, 3) uint8 RGB.
    """

    visible: float
    track: Track
    iou: float
    own: int
    other: int
    seconds: float
    image: np.ndarray


def measure_tracking(profile: str, streams: Sequence[tuple[str, int]], settings: StreamSettings,
                     sheet: Path | None = None, film: Path | None = None) -> None:
    """Print a row of figures for each stream and one for all.

    The columns are the frames in which at least half of the object shows, the share of these in
    which the mask is right (IoU of .7 or more), and the number of these with status LOST, which is
    wrong there and right elsewhere.  Then, of all frames, the number in which another thing was
    tracked (it has more of the mask than the object), the number in which more than half of the
    mask is not on the object, and the median CPU time.

    Args:
        profile: Name or YAML file.
        streams: Kind and seed of each.
        settings: What the streams have in common.
        sheet: PNG to write: some frames of each stream, with the mask's outline.
        film: GIF of all streams to write.
    """
    pipeline = Pipeline.load(profile)
    renderer = Renderer(settings.width, settings.width * 3 // 4)
    print('| stream | frames that show it | right | lost there | another thing tracked '
          '| mask mostly beside it | CPU, ms |\n| --- | --- | --- | --- | --- | --- | --- |')
    every_frame, pictures = [], []
    for kind, seed in streams:
        frames = list(track_stream(pipeline, kind, seed, settings, renderer))
        every_frame += frames
        print(table_row(f'{kind} {seed}', frames), flush=True)
        chosen = np.linspace(0, len(frames) - 1, COLUMNS).astype(int)
        pictures += [draw_small(frames[number], kind) for number in chosen]
    print(table_row('all', every_frame))
    if sheet:
        write_image(sheet, contact_sheet(pictures, COLUMNS))
    if film:
        # Every second frame at half the speed, so that one can follow.
        write_film(film, [draw_for_film(frame) for frame in every_frame[::2]], settings.rate / 4)


def track_stream(pipeline: Pipeline, kind: str, seed: int, settings: StreamSettings,
                 renderer: Renderer) -> Iterator[TrackedFrame]:
    """Track the target of a stream and yield each frame after the first.

    Args:
        pipeline: Makes the indexes that the tracker recognises the target by.
        kind: What moves, a key of KINDS.
        seed: Of the stream; each kind has scenes of its own.
        settings: Length and rate of the stream.
        renderer: Draws it.
    """
    stream = make_stream(kind, 100 * seed + list(KINDS).index(kind), settings.frames,
                         settings.rate)
    tracker, indexes = None, {}
    for number, shot in enumerate(stream.shots(renderer)):
        truth = shot.rendering.labels == stream.target
        if number % settings.index_every == 0:
            indexes[number + settings.index_every] = pipeline.index(shot.frame)
        if tracker is None:
            first = indexes[settings.index_every]
            fits = [iou(*intersection_union(mask, truth)) for mask in first.masks]
            tracker = Tracker(shot.frame, first.masks[int(np.argmax(fits))])
            tracker.recognise(first)
            continue
        start = time.process_time()
        if number in indexes:
            tracker.recognise(indexes.pop(number))
        track = tracker.follow(shot.frame)
        seconds = time.process_time() - start
        yield _compare(shot, stream.target, track, seconds)


def _compare(shot: Shot, target: int, track: Track, seconds: float) -> TrackedFrame:
    """Compare a track with the truth."""
    things = shot.scene.objects
    visible = visible_share(things[target - 1], [*things[:target - 1], *things[target:]],
                            shot.scene.camera, shot.rendering.camera)
    labels = shot.rendering.labels
    counts = np.bincount(labels[track.mask], minlength=len(things) + 1)
    return TrackedFrame(visible, track, iou(*intersection_union(track.mask, labels == target)),
                        int(counts[target]), int(np.delete(counts, [0, target]).max(initial=0)),
                        seconds, shot.frame.image)


def table_row(name: str, frames: Sequence[TrackedFrame]) -> str:
    """Return a row of the table of `measure_tracking`."""
    found = np.array([frame.track.status is Status.FOUND for frame in frames])
    other = np.array([frame.other > frame.own for frame in frames])
    beside = np.array([frame.own < .5 * np.count_nonzero(frame.track.mask) for frame in frames])
    fit = np.array([frame.iou for frame in frames])
    visible = np.array([frame.visible for frame in frames]) >= VISIBLE
    right = f'{(fit[visible] >= RIGHT_IOU).mean():.2f}' if visible.any() else '-'
    milliseconds = 1000 * np.median([frame.seconds for frame in frames])
    return (f'| {name} | {visible.sum()} | {right} | {(visible & ~found).sum()} '
            f'| {(found & other).sum()} | {(found & beside).sum()} | {milliseconds:.1f} |')


def draw_small(frame: TrackedFrame, title: str) -> np.ndarray:
    """Return a small picture with the mask's outline, green where it is right, else red."""
    small = _draw_outline(frame.image.copy(), frame.track.mask, (240, 180),
                          (0, 230, 0) if frame.iou >= RIGHT_IOU else (255, 0, 0),
                          max(1, frame.image.shape[1] // 200))
    small[:16] = 0
    cv2.putText(small, f'{title} {frame.track.status.name} {frame.iou:.2f}', (4, 12),
                cv2.FONT_HERSHEY_SIMPLEX, .4, (255, 255, 255), 1, cv2.LINE_AA)
    return small


def draw_for_film(frame: TrackedFrame) -> np.ndarray:
    """Return a frame of the film: the mask tinted, with the tracker's status and confidence."""
    colour = FOUND_COLOUR if frame.track.status is Status.FOUND else LOST_COLOUR
    image, mask = frame.image.copy(), frame.track.mask
    image[mask] = (.5 * image[mask] + .5 * np.array(colour)).astype(np.uint8)
    small = _draw_outline(image, mask, FILM_SIZE, colour, 2)
    small[:24] = 0
    cv2.putText(small, f'{frame.track.status.name}  {frame.track.confidence:.2f}', (6, 17),
                cv2.FONT_HERSHEY_SIMPLEX, .5, colour, 1, cv2.LINE_AA)
    return small


def _draw_outline(image: np.ndarray, mask: np.ndarray, size: tuple[int, int],
                  colour: tuple[int, int, int], width: int) -> np.ndarray:
    """Draw a mask's outline into an image and resize it to a width and height."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(image, outlines, -1, colour, width)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
