# SPDX-License-Identifier: Apache-2.0
"""``ris renderers``: the simulator's scenes as other renderers show them."""
from __future__ import annotations

import argparse
from pathlib import Path

from ris_ros.errors import RisError

_EPILOG = """Between export and collect the scripts render_blender.py and render_mujoco.py make the
pictures, each in an environment of its own; ris_lab/training/other_renderers/README.md says how."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'renderers', help='test the embedded models on pictures of other renderers',
        epilog=_EPILOG)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    export = actions.add_parser('export', help='write scenes as plain files')
    export.add_argument('--out', type=Path, required=True, help='folder to write')
    export.add_argument('--scenes', type=int, required=True, metavar='N', help='how many')
    export.set_defaults(func=run_export)
    collect = actions.add_parser('collect', help='make a data set of rendered scenes')
    collect.add_argument('--scenes', type=Path, required=True, help='folder of exported scenes')
    collect.add_argument('--renderer', choices=('builtin', 'blender', 'mujoco'), required=True,
                         help='builtin: render them here, for comparison')
    collect.add_argument('--out', type=Path, required=True, help='folder of the data set')
    collect.set_defaults(func=run_collect)
    measure = actions.add_parser('measure', help='test the embedded models on data sets')
    measure.add_argument('roots', type=Path, nargs='+', metavar='ROOT', help='a data set')
    measure.add_argument('--weights', default='embedded/clip.safetensors', help='[%(default)s]')
    measure.set_defaults(func=run_measure)
    keep = actions.add_parser('keep', help='copy scenes of a data set in little space, for tests')
    keep.add_argument('--data', type=Path, required=True, help='data set to take them from')
    keep.add_argument('--numbers', type=int, nargs='+', required=True, metavar='N')
    keep.add_argument('--out', type=Path, required=True)
    keep.set_defaults(func=run_keep)
    photographs = actions.add_parser(
        'photographs', help='draw proposals and answers on photographs of scikit-image')
    photographs.add_argument('--out', type=Path, required=True, help='folder for the pictures')
    photographs.set_defaults(func=run_photographs)


# The modules are imported below, so that the other subcommands start without torch.
def run_export(args: argparse.Namespace) -> int:
    """Write scenes as plain files."""
    if args.scenes < 1:
        raise RisError(f'--scenes is {args.scenes}; expected 1 or more.')
    from ris_lab.training.other_renderers.export import export_scenes
    export_scenes(args.out, args.scenes)
    return 0


def run_collect(args: argparse.Namespace) -> int:
    """Write a data set of every scene that has a picture."""
    from ris_lab.training.other_renderers.collect import collect_scenes
    collect_scenes(args.scenes, args.renderer, args.out)
    return 0


def run_measure(args: argparse.Namespace) -> int:
    """Print the figures of all data sets."""
    from ris_lab.training.other_renderers.measure import measure_data_sets
    measure_data_sets(args.roots, args.weights)
    return 0


def run_keep(args: argparse.Namespace) -> int:
    """Copy the numbered scenes."""
    from ris_lab.training.other_renderers.keep import keep_scenes
    keep_scenes(args.data, args.numbers, args.out)
    return 0


def run_photographs(args: argparse.Namespace) -> int:
    """Write a picture of each photograph's proposals and answer."""
    from ris_lab.training.other_renderers.photographs import draw_photographs
    draw_photographs(args.out)
    return 0
