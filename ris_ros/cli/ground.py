"""``ris ground``: the pipeline on a picture in a file."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from ris_ros.frame import Frame
from ris_ros.grounding.result import Grounding
from ris_ros.image_files import file_slug, read_camera, read_depth, read_image, write_image
from ris_ros.overlay import draw_overlay
from ris_ros.precision import PRECISIONS
from ris_ros.proposals.precomputed import PrecomputedProposer


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser('ground', help='find what a command means in a picture')
    parser.add_argument('image', type=Path, help='picture (PNG, JPEG …)')
    parser.add_argument('texts', nargs='+', metavar='TEXT', help='command or referring expression')
    parser.add_argument('--depth', type=Path,
                        help='registered depth: 16-bit PNG in mm, or .npy in metres')
    parser.add_argument('--camera-info', type=Path, help='ROS calibration YAML of the picture')
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
    parser.add_argument('--json', action='store_true', help='print a JSON line for each text')
    parser.add_argument('--out', type=Path, default=Path('ris_output'),
                        help='folder for masks and overlays [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Answer each text and write its mask and overlay."""
    # Imported here, so that the other subcommands start without torch.
    from ris_ros.conversation import Conversation
    from ris_ros.pipeline import Pipeline
    frame = Frame(image=read_image(args.image),
                  depth=read_depth(args.depth) if args.depth else None,
                  camera=read_camera(args.camera_info) if args.camera_info else None)
    masks = PrecomputedProposer(args.masks).propose(frame) if args.masks else None
    pipeline = Pipeline.load(args.profile, architecture=args.architecture, weights=args.weights,
                             device=args.device, precision=args.precision)
    scene = pipeline.index(frame, masks)
    conversation = Conversation(pipeline)
    for number, text in enumerate(args.texts, 1):
        grounding = (conversation.answer(scene, text, now=0.0) if args.dialogue
                     else pipeline.ground(scene, text))
        stem = f'{args.image.stem}_{number}_{file_slug(text)}'
        overlay = args.out / f'{stem}_overlay.png'
        write_image(overlay, draw_overlay(frame.image, grounding, text))
        mask_file = None
        if grounding.mask is not None:
            mask_file = args.out / f'{stem}_mask.png'
            write_image(mask_file, grounding.mask.astype(np.uint8) * 255)
        record = as_record(text, grounding, mask_file, overlay)
        print(json.dumps(record) if args.json else _as_text(record))
    return 0


def as_record(text: str, grounding: Grounding, mask_file: Path | None,
              overlay_file: Path) -> dict[str, object]:
    """Return an answer as plain JSON values; pixels and metres, None where there is none."""
    best = grounding.best
    return {
        'text': text, 'status': grounding.status.name, 'message': grounding.message,
        'expression': grounding.expression, 'target': grounding.target,
        'score': round(grounding.score, 3),
        'margin': round(grounding.margin, 3) if np.isfinite(grounding.margin) else None,
        'box': best and list(best.box),
        'centroid': best and [round(c, 2) for c in best.centroid],
        'position': best and best.position and [round(c, 4) for c in best.position],
        'position_note': best.position_note if best else '',
        'mask': mask_file and str(mask_file), 'overlay': str(overlay_file),
        'candidates': [{'box': list(c.box), 'score': round(c.score, 3)}
                       for c in grounding.candidates],
    }


def _as_text(record: dict[str, object]) -> str:
    lines = [f'{record["text"]!r}: {record["status"]} - {record["message"]}']
    if record['box']:
        lines.append(f'  score {record["score"]}, centroid {record["centroid"]} px, '
                     f'box {record["box"]} px')
        lines.append(f'  position {record["position"]} m' if record['position']
                     else f'  no position: {record["position_note"]}')
    lines.append(f'  see {record["overlay"]}')
    return '\n'.join(lines)
