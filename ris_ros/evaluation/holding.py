"""How well an object is held, measured on simulated streams with the noise of a camera.

    python -m ris_ros.evaluation.holding --seeds 1 2 --sheet holding.png

prints, for each kind of stream and seed: the frames in which at least half of the object shows,
the share of them in which the mask is right (IoU of .7 or more), how often the object was said to
be lost in them, the frames in which something else was held (IoU with the object below .1), those
in which it was held although nothing of it shows, and the CPU time of a frame. The first frame's
best proposal is what is held; the index of every so many frames comes as many frames later, as it
does from the background index of a node. The sheet shows frames of each stream, the mask outlined.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import time

import cv2
import numpy as np

from ris_ros.evaluation.metrics import intersection_union, iou
from ris_ros.grounding.result import Status
from ris_ros.image_files import write_image
from ris_ros.pipeline import Pipeline
from ris_ros.simulation.contact_sheet import contact_sheet
from ris_ros.simulation.renderer import Renderer
from ris_ros.simulation.streams import KINDS, make_stream
from ris_ros.tracking.holder import Held, Holder

RIGHT, OTHER = .7, .1
# At least that share of the object shows, of what shows in the first frame.
SHOWS, HIDDEN = .5, .02
COLUMNS = 8


@dataclass(frozen=True, eq=False)
class Step:
    """One frame: the share of the object that shows, what was held, its IoU, and CPU seconds."""

    shows: float
    held: Held
    iou: float
    seconds: float
    image: np.ndarray


def steps(pipeline: Pipeline, kind: str, seed: int, frames: int, rate: float, every: int,
          renderer: Renderer) -> Iterator[Step]:
    """Hold the target of a stream and yield each frame after the first."""
    # Each kind in scenes of its own.
    stream = make_stream(kind, 100 * seed + list(KINDS).index(kind), frames, rate)
    holder, scenes, whole = None, {}, 0
    for number, shot in enumerate(stream.shots(renderer)):
        truth = shot.rendering.labels == stream.target
        if number % every == 0:
            scenes[number + every] = pipeline.index(shot.frame)
        if holder is None:
            scene, whole = scenes[every], max(np.count_nonzero(truth), 1)
            fits = [iou(*intersection_union(mask, truth)) for mask in scene.masks]
            holder = Holder(shot.frame, scene.masks[int(np.argmax(fits))])
            holder.recognise(scene)
            continue
        start = time.process_time()
        if number in scenes:
            holder.recognise(scenes.pop(number))
        held = holder.follow(shot.frame)
        seconds = time.process_time() - start
        yield Step(np.count_nonzero(truth) / whole, held,
                   iou(*intersection_union(held.mask, truth)), seconds, shot.frame.image)


def row(name: str, taken: list[Step]) -> str:
    """Return a row of the table."""
    found = np.array([step.held.status is Status.FOUND for step in taken])
    shows = np.array([step.shows for step in taken])
    fit = np.array([step.iou for step in taken])
    seen = shows >= SHOWS
    right = f'{(fit[seen] >= RIGHT).mean():.2f}' if seen.any() else '-'
    milliseconds = 1000 * np.median([step.seconds for step in taken])
    return (f'| {name} | {seen.sum()} | {right} | {(seen & ~found).sum()} '
            f'| {(found & (fit < OTHER) & (shows > HIDDEN)).sum()} '
            f'| {(found & (shows <= HIDDEN)).sum()} | {milliseconds:.1f} |')


def picture(step: Step, title: str) -> np.ndarray:
    """Return a small picture of a frame, the mask outlined: green where it is right, else red."""
    image = step.image.copy()
    outlines, _ = cv2.findContours(step.held.mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_NONE)
    ink = (0, 230, 0) if step.iou >= RIGHT else (255, 0, 0)
    cv2.drawContours(image, outlines, -1, ink, max(1, image.shape[1] // 200))
    small = cv2.resize(image, (240, 180), interpolation=cv2.INTER_AREA)
    text = f'{title} {step.held.status.name} {step.iou:.2f}'
    small[:16] = 0
    cv2.putText(small, text, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, .4, (255, 255, 255), 1,
                cv2.LINE_AA)
    return small


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
    args = parser.parse_args()
    pipeline = Pipeline.load(args.profile)
    renderer = Renderer(args.width, args.width * 3 // 4)
    print('| stream | frames that show it | right | lost there | other held | held unseen '
          '| CPU, ms |\n| --- | --- | --- | --- | --- | --- | --- |')
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


if __name__ == '__main__':
    main()
