"""How well an object is held, measured on simulated streams with the noise of a camera.

    python -m ris_lab.evaluation.holding --seeds 1 2 --sheet holding.png

prints, for each kind of stream and seed: the frames in which at least half of the object shows,
of what would show with nothing before it and no edge of the picture; the share of them in which the
mask is right (IoU of .7 or more), and how often the object was said to be lost in them. LOST is
wrong there, and right where less shows. Then, of all frames, those in which something else was
held: more of the mask is on another thing than on the object; those in which more than half of the
mask is not on the object, whatever is there; and the CPU time of a frame. The first frame's
best proposal is what is held; the index of every so many frames comes as many frames later, as it
does from the background index of a node. The sheet shows frames of each stream, the mask outlined;
--film writes all of them as one GIF.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator
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

RIGHT, SHOWS = .7, .5
COLUMNS = 8
FILM, HELD_INK, LOST_INK = (400, 300), (40, 220, 80), (235, 60, 60)


@dataclass(frozen=True, eq=False)
class Step:
    """One frame: the share of the object that shows, what was held, its IoU, and CPU seconds.

    own, other: pixels of the mask on the object, and on the thing beside it that has most of them.
    """

    shows: float
    held: Track
    iou: float
    own: int
    other: int
    seconds: float
    image: np.ndarray


def steps(pipeline: Pipeline, kind: str, seed: int, frames: int, rate: float, every: int,
          renderer: Renderer) -> Iterator[Step]:
    """Hold the target of a stream and yield each frame after the first."""
    # Each kind in scenes of its own.
    stream = make_stream(kind, 100 * seed + list(KINDS).index(kind), frames, rate)
    holder, scenes = None, {}
    for number, shot in enumerate(stream.shots(renderer)):
        truth = shot.rendering.labels == stream.target
        if number % every == 0:
            scenes[number + every] = pipeline.index(shot.frame)
        if holder is None:
            scene = scenes[every]
            fits = [iou(*intersection_union(mask, truth)) for mask in scene.masks]
            holder = Tracker(shot.frame, scene.masks[int(np.argmax(fits))])
            holder.recognise(scene)
            continue
        start = time.process_time()
        if number in scenes:
            holder.recognise(scenes.pop(number))
        held = holder.follow(shot.frame)
        seconds = time.process_time() - start
        yield _judged(shot, stream.target, held, seconds)


def _judged(shot: Shot, target: int, held: Track, seconds: float) -> Step:
    """Compare what was held with the truth."""
    things = shot.scene.objects
    shows = visible_share(things[target - 1], [*things[:target - 1], *things[target:]],
                          shot.scene.camera, shot.rendering.camera)
    labels = shot.rendering.labels
    counts = np.bincount(labels[held.mask], minlength=len(things) + 1)
    return Step(shows, held, iou(*intersection_union(held.mask, labels == target)),
                int(counts[target]), int(np.delete(counts, [0, target]).max(initial=0)),
                seconds, shot.frame.image)


def row(name: str, taken: list[Step]) -> str:
    """Return a row of the table."""
    found = np.array([step.held.status is Status.FOUND for step in taken])
    other = np.array([step.other > step.own for step in taken])
    beside = np.array([step.own < .5 * np.count_nonzero(step.held.mask) for step in taken])
    shows = np.array([step.shows for step in taken])
    fit = np.array([step.iou for step in taken])
    seen = shows >= SHOWS
    right = f'{(fit[seen] >= RIGHT).mean():.2f}' if seen.any() else '-'
    milliseconds = 1000 * np.median([step.seconds for step in taken])
    return (f'| {name} | {seen.sum()} | {right} | {(seen & ~found).sum()} '
            f'| {(found & other).sum()} | {(found & beside).sum()} | {milliseconds:.1f} |')


def picture(step: Step, title: str) -> np.ndarray:
    """Return a small picture of a frame, the mask outlined: green where it is right, else red."""
    small = _outlined(step.image.copy(), step.held.mask, (240, 180),
                      (0, 230, 0) if step.iou >= RIGHT else (255, 0, 0),
                      max(1, step.image.shape[1] // 200))
    small[:16] = 0
    cv2.putText(small, f'{title} {step.held.status.name} {step.iou:.2f}', (4, 12),
                cv2.FONT_HERSHEY_SIMPLEX, .4, (255, 255, 255), 1, cv2.LINE_AA)
    return small


def scene_of_film(step: Step) -> np.ndarray:
    """Return a frame as a film shows it: the mask tinted, and whether the object is held."""
    ink = HELD_INK if step.held.status is Status.FOUND else LOST_INK
    image = step.image.copy()
    image[step.held.mask] = (.5 * image[step.held.mask] + .5 * np.array(ink)).astype(np.uint8)
    small = _outlined(image, step.held.mask, FILM, ink, 2)
    small[:24] = 0
    cv2.putText(small, f'{step.held.status.name}  {step.held.confidence:.2f}', (6, 17),
                cv2.FONT_HERSHEY_SIMPLEX, .5, ink, 1, cv2.LINE_AA)
    return small


def _outlined(image: np.ndarray, mask: np.ndarray, size: tuple[int, int],
              ink: tuple[int, int, int], width: int) -> np.ndarray:
    """Draw a mask's outline into an image; return that at a width and height."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(image, outlines, -1, ink, width)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def main() -> None:
    """Print the table and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--profile', default='embedded')
    parser.add_argument('--kinds', nargs='+', default=list(KINDS), choices=list(KINDS))
    parser.add_argument('--seeds', nargs='+', type=int, default=[1])
    parser.add_argument('--frames', type=int, default=40)
    parser.add_argument('--rate', type=float, default=16.0, help='frames a second')
    parser.add_argument('--every', type=int, default=10, help='frames from index to index')
    parser.add_argument('--width', type=int, default=640)
    parser.add_argument('--sheet', type=Path, help='PNG to write')
    parser.add_argument('--film', type=Path, help='GIF of all streams to write')
    args = parser.parse_args()
    pipeline = Pipeline.load(args.profile)
    renderer = Renderer(args.width, args.width * 3 // 4)
    print('| stream | frames that show it | right | lost there | another thing held '
          '| mask mostly beside it | CPU, ms |\n| --- | --- | --- | --- | --- | --- | --- |')
    every_step, pictures = [], []
    for kind in args.kinds:
        for seed in args.seeds:
            taken = list(steps(pipeline, kind, seed, args.frames, args.rate, args.every,
                               renderer))
            every_step += taken
            print(row(f'{kind} {seed}', taken), flush=True)
            chosen = np.linspace(0, len(taken) - 1, COLUMNS).astype(int)
            pictures += [picture(taken[number], kind) for number in chosen]
    print(row('all', every_step))
    if args.sheet:
        write_image(args.sheet, contact_sheet(pictures, COLUMNS))
    if args.film:
        # Half of the frames, at half their speed: a film is to be understood.
        write_film(args.film, [scene_of_film(step) for step in every_step[::2]], args.rate / 4)


if __name__ == '__main__':
    main()
