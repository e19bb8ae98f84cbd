# SPDX-License-Identifier: Apache-2.0
"""``ris ground``: find what commands mean in a picture file."""
from __future__ import annotations

import argparse
from collections.abc import Iterable
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np

from ris_ros.errors import CommandError
from ris_ros.frame import Frame
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.image_files import file_slug, read_camera, read_depth, read_image, write_image
from ris_ros.overlay import draw_overlay
from ris_ros.precision import PRECISIONS
from ris_ros.proposals.precomputed import PrecomputedProposer
from ris_ros.status import Status

_EPILOG = """The exit status is 0 when at least one text was a command or question that can be
answered, also where nothing was found; 1 when none was (BAD_COMMAND), and 2 when a file, an
argument or a model is wrong or missing."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'ground', help='find what a command means in a picture', epilog=_EPILOG)
    parser.add_argument('image', type=Path,
                        help='picture (PNG, JPEG …); no orientation in it (EXIF) turns it')
    parser.add_argument('texts', nargs='+', metavar='TEXT',
                        help='command, referring expression or question')
    parser.add_argument('--depth', type=Path,
                        help='registered depth: 16-bit PNG in mm, or .npy of floats in metres')
    parser.add_argument('--camera-info', type=Path,
                        help='ROS calibration YAML of the picture, rectified where it has a P')
    parser.add_argument('--masks', type=Path,
                        help='proposals to use: .npz, .npy, label PNG or COCO RLE .json')
    parser.add_argument('--profile', default='embedded', help='name or YAML file [%(default)s]')
    parser.add_argument('--architecture', default='',
                        help="CLIP architecture in place of the profile's, with the weights that "
                        '`ris models list` has for it')
    parser.add_argument('--weights', default='', help="CLIP weights in place of the profile's")
    parser.add_argument('--device', default='cpu',
                        help="'cpu', 'cuda', 'cuda:N' or 'mps' [%(default)s]")
    parser.add_argument('--precision', choices=PRECISIONS, default='auto',
                        help="of the image models; auto: the profile's [%(default)s]")
    parser.add_argument('--dialogue', action='store_true',
                        help='take the texts as one conversation: "the mug" "the second one"')
    parser.add_argument('--region', type=int, nargs='+', metavar='N',
                        help='what "this" means: a pixel U V, or a box X Y WIDTH HEIGHT')
    parser.add_argument('--json', action='store_true',
                        help='print a JSON line for each text, with the fields of '
                        'ris_ros/msg/Grounding; confidence is that of the whole answer, and '
                        'each candidate has its own')
    parser.add_argument('--out', type=Path, default=Path('ris_output'),
                        help='folder for masks and overlays [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Answer each text and write its mask and overlay."""
    # Imported here, so that the other subcommands start without torch.
    from ris_ros.conversation import Conversation
    from ris_ros.grounding.pointing import Pointed, Region
    from ris_ros.pipeline import Pipeline
    if args.region and len(args.region) not in (2, 4):
        raise CommandError(f'--region has {len(args.region)} numbers; give a pixel U V, or a box '
                           'X Y WIDTH HEIGHT.')
    frame = Frame(image=read_image(args.image),
                  depth=read_depth(args.depth) if args.depth else None,
                  camera=read_camera(args.camera_info) if args.camera_info else None)
    if frame.depth is not None and frame.camera is None:
        print('There are no positions: they need --camera-info FILE beside --depth.',
              file=sys.stderr)
    masks = PrecomputedProposer(args.masks).propose(frame) if args.masks else None
    if sys.stderr.isatty():  # it takes seconds
        print(f'Loading the profile {args.profile} ...', file=sys.stderr)
    pipeline = Pipeline.load(args.profile, architecture=args.architecture, weights=args.weights,
                             device=args.device, precision=args.precision)
    scene = pipeline.index(frame, masks)
    conversation = Conversation(pipeline)
    pointed = Pointed(Region(*args.region)) if args.region else None
    unread = 0
    for number, text in enumerate(args.texts, 1):
        if args.dialogue or pointed is not None:
            grounding = conversation.answer(scene, text, now=0.0, pointed=pointed)
        else:
            grounding = pipeline.ground(scene, text)
        stem = f'{args.image.stem}_{number}_{file_slug(text)}'
        overlay = args.out / f'{stem}_overlay.png'
        write_image(overlay, draw_overlay(frame.image, grounding, text))
        mask_file = None
        if grounding.mask is not None:
            mask_file = args.out / f'{stem}_mask.png'
            write_image(mask_file, grounding.mask.astype(np.uint8) * 255)
        record = as_record(text, grounding, mask_file, overlay)
        print(json.dumps(record, allow_nan=False) if args.json else _as_text(record))
        unread += grounding.status is Status.BAD_COMMAND
    return int(unread == len(args.texts))


def as_record(text: str, grounding: Grounding, mask_file: Path | None,
              overlay_file: Path) -> dict[str, object]:
    """Return an answer as plain JSON values, with the fields of ris_ros/msg/Grounding.

    Lengths are in pixels and metres, and None stands for what there is not, NaN and infinity
    included.

    Args:
        text: The command.
        grounding: Its answer.
        mask_file: Where the mask was written; None without one.
        overlay_file: Where the overlay was written.
    """
    best = grounding.best
    return {
        'text': text, 'status': grounding.status.name, 'message': grounding.message,
        'expression': grounding.expression, 'target': grounding.target,
        'question': grounding.question.value if grounding.question else '',
        'count': grounding.count, 'confidence': _rounded(grounding.confidence, 4),
        'calibrated': grounding.calibrated,
        'score': _rounded(grounding.score, 3), 'margin': _rounded(grounding.margin, 3),
        'box': best and list(best.box), **_place_record(best),
        'mask': mask_file and str(mask_file), 'overlay': str(overlay_file),
        'candidates': [
            {'rank': rank, 'score': _rounded(candidate.score, 3),
             'confidence': _rounded(candidate.confidence, 4), 'box': list(candidate.box),
             'name': candidate.name,
             **_place_record(candidate)}
            for rank, candidate in enumerate(grounding.candidates, 1)],
    }


def _place_record(candidate: Candidate | None) -> dict[str, object]:
    """Return the place of a candidate in the picture and in the camera's optical frame."""
    if candidate is None:
        return {'centroid': None, 'grasp': None, 'position': None, 'position_covariance': None,
                'valid_depth_ratio': None, 'position_note': ''}
    location = candidate.location
    position, covariance = location.position, location.covariance
    return {
        'centroid': _all_rounded(location.centroid, 2), 'grasp': list(location.grasp),
        'position': None if position is None else _all_rounded(position, 4),
        'position_covariance': None if covariance is None else _all_rounded(
            covariance.ravel(), 9),
        'valid_depth_ratio': None if position is None else _rounded(
            location.valid_depth_ratio, 4),
        'position_note': location.note,
    }


def _rounded(value: float, digits: int) -> float | None:
    """Return a number for JSON, which knows neither NaN nor infinity."""
    return round(float(value), digits) if np.isfinite(value) else None


def _all_rounded(values: Iterable[float], digits: int) -> list[float | None]:
    """Return numbers for JSON."""
    return [_rounded(value, digits) for value in values]


def _as_text(record: dict[str, Any]) -> str:
    """Return an answer as lines for a person."""
    lines = [f'{record["text"]!r}: {record["status"]} - {record["message"]}']
    for found in record['candidates'][:record['count']]:
        lines.append(f'  {found["rank"]}: confidence {found["confidence"]:.2f}, '
                     f'centroid {found["centroid"]} px, box {found["box"]} px')
        reason = found['position_note'].removeprefix('There is no position because ')
        lines.append(f'     position {found["position"]} m' if found['position']
                     else f'     no position: {reason}')
    lines.append(f'  see {record["overlay"]}')
    return '\n'.join(lines)
