# SPDX-License-Identifier: Apache-2.0
"""``ris simulate``: labelled tabletop scenes for tests, training and evaluation."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from ris_ros.errors import RisError
from ris_sim.style import Style

SHEET_SCENES = 24


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'simulate', help='render labelled scenes with referring expressions')
    parser.add_argument('--seed', type=int, default=0, help='the same seed, the same files [0]')
    parser.add_argument('--scenes', type=int, default=10, help='number of scenes [10]')
    parser.add_argument('--out', type=Path, required=True, help='folder to write')
    parser.add_argument('--split', choices=('train', 'test', 'calibration'), default='test',
                        help='which object shapes to use; they are disjoint [%(default)s]')
    parser.add_argument('--style', choices=[style.value for style in Style],
                        default=Style.TOY.value,
                        help='what the scenes look like: plain toys, or printed, glossy and '
                             'transparent things of a home [%(default)s]')
    parser.add_argument('--per-kind', type=int, default=2,
                        help='expressions of each kind per scene, at most [%(default)s]')
    parser.add_argument('--absent', action='store_true',
                        help='also name objects that are not there, and objects ambiguously')
    parser.add_argument('--kinds', nargs='+', metavar='KIND',
                        help='kinds of expression in place of all')
    parser.add_argument('--size', type=int, nargs=2, default=(640, 480),
                        metavar=('WIDTH', 'HEIGHT'), help='of the pictures [640 480]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the data set and its contact sheet."""
    check(args)
    # Imported here, so that `ris` starts without the simulator's libraries.
    import numpy as np
    from tqdm import tqdm

    from ris_ros.files import write_whole
    from ris_ros.image_files import write_image
    from ris_sim.dataset import contact_sheet, tile, write_scene
    from ris_sim.expressions.generator import DOUBTFUL_KINDS, KINDS, generate_expressions
    from ris_sim.rendering.renderer import Renderer
    from ris_sim.sampling.scenes import sample_scene

    renderer = Renderer(*args.size)
    kinds = args.kinds or (KINDS + DOUBTFUL_KINDS if args.absent else KINDS)
    if unknown := set(kinds) - {*KINDS, *DOUBTFUL_KINDS}:
        raise RisError(f'There are no expressions of kind {", ".join(sorted(unknown))}; choose '
                       f'from {", ".join(KINDS + DOUBTFUL_KINDS)}.')
    tiles, total = [], 0
    for number in tqdm(range(args.scenes), unit='scene'):
        # Each scene has its own generator, so that scene 7 is the same for any number of scenes.
        # Its expressions have another one, so that they do not change its picture.
        rng, words = (np.random.default_rng([args.seed, number, *part]) for part in ((), (1,)))
        scene = sample_scene(rng, args.split, style=Style(args.style))
        rendering = renderer.render(scene)
        expressions = generate_expressions(scene, rendering.labels, words, args.per_kind, kinds)
        image = write_scene(args.out / f'scene_{number:04d}', scene, rendering, expressions, rng)
        total += len(expressions)
        if number < SHEET_SCENES:
            tiles.append(tile(image, rendering.labels, expressions))
    write_image(args.out / 'contact_sheet.png', contact_sheet(tiles))
    write_whole(args.out / 'simulation.json', json.dumps({
        'seed': args.seed, 'style': args.style, 'split': args.split, 'scenes': args.scenes,
        'expressions': total,
        'width': args.size[0], 'height': args.size[1]}) + '\n')
    print(f'Wrote {args.scenes} scenes with {total} expressions to {args.out}; '
          f'see {args.out / "contact_sheet.png"}.')
    return 0


def check(args: argparse.Namespace) -> None:
    """Raise RisError when the arguments cannot make a data set."""
    if args.seed < 0:
        raise RisError(f'--seed is {args.seed}; expected 0 or more.')
    if args.scenes < 1 or args.per_kind < 1:
        raise RisError('--scenes and --per-kind must be at least 1.')
    if not all(16 <= edge <= 4096 for edge in args.size):
        raise RisError(f'--size is {args.size[0]} x {args.size[1]}; expected 16 to 4096 pixels.')
