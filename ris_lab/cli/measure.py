# SPDX-License-Identifier: Apache-2.0
"""``ris measure``: figures about a part of the robot, on simulated scenes and synthetic voices."""
from __future__ import annotations

import argparse
from pathlib import Path

from ris_ros.errors import RisError


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'measure', help='measure tracking, positions, small objects, prompts or voice')
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    _add_tracking(actions)
    _add_positions(actions)
    _add_small_objects(actions)
    _add_prompts(actions)
    _add_voice(actions)


def _add_tracking(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser(
        'tracking', help='how well an object is tracked in simulated streams')
    parser.add_argument('--profile', default='embedded', help='[%(default)s]')
    parser.add_argument('--kinds', nargs='+', metavar='KIND',
                        help='of stream: handheld, occlusion … [all]')
    parser.add_argument('--seeds', nargs='+', type=int, default=[1], metavar='N', help='[1]')
    parser.add_argument('--frames', type=int, default=40, help='of each stream [%(default)s]')
    parser.add_argument('--rate', type=float, default=16.0, help='frames a second [%(default)s]')
    parser.add_argument('--every', type=int, default=10,
                        help='frames from index to index [%(default)s]')
    parser.add_argument('--width', type=int, default=640, help='of a frame [%(default)s]')
    parser.add_argument('--sheet', type=Path, help='PNG to write')
    parser.add_argument('--film', type=Path, help='GIF of all streams to write')
    parser.set_defaults(func=run_tracking)


def run_tracking(args: argparse.Namespace) -> int:
    """Track the object of each stream and print the table."""
    # Imported here, as below, so that `ris` starts without the simulator's libraries.
    from ris_lab.evaluation.tracking import StreamSettings, measure_tracking
    from ris_sim.streams import KINDS
    kinds = args.kinds or list(KINDS)
    if unknown := set(kinds) - set(KINDS):
        raise RisError(f'There are no streams of kind {", ".join(sorted(unknown))}; choose from '
                       f'{", ".join(KINDS)}.')
    measure_tracking(args.profile, [(kind, seed) for kind in kinds for seed in args.seeds],
                     StreamSettings(args.frames, args.rate, args.every, args.width), args.sheet,
                     args.film)
    return 0


def _add_positions(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser(
        'positions', help='how far positions and sizes are off in simulated scenes')
    parser.add_argument('--profile', default='embedded', help='[%(default)s]')
    parser.add_argument('--seed', type=int, default=77, help='[%(default)s]')
    parser.add_argument('--scenes', type=int, default=60, help='number [%(default)s]')
    parser.set_defaults(func=run_positions)


def run_positions(args: argparse.Namespace) -> int:
    """Locate the objects of each scene and print the table."""
    from ris_lab.evaluation.positions import measure_positions
    measure_positions(args.profile, args.seed, args.scenes)
    return 0


def _add_small_objects(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser(
        'small-objects', help='what is left of small objects on the token grid of a CLIP')
    parser.add_argument('--profile', default='embedded', help='[%(default)s]')
    parser.add_argument('--architecture', default='', help="CLIP in place of the profile's")
    parser.add_argument('--weights', default='', help="its weights in place of the profile's")
    parser.add_argument('--discs', type=int, default=400, help='for the shares [%(default)s]')
    parser.set_defaults(func=run_small_objects)


def run_small_objects(args: argparse.Namespace) -> int:
    """Print the shares of discs that are seen, and the distances of their features."""
    from ris_lab.evaluation.small_objects import measure_small_objects
    from ris_ros.pipeline import Pipeline
    pipeline = Pipeline.load(args.profile, architecture=args.architecture, weights=args.weights)
    measure_small_objects(pipeline.encoder, args.discs)
    return 0


def _add_prompts(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser(
        'prompts', help='how many simulated objects a prompt of Segment Anything lies on')
    parser.add_argument('--seed', type=int, default=77, help='[%(default)s]')
    parser.add_argument('--scenes', type=int, default=60, help='number [%(default)s]')
    parser.set_defaults(func=run_prompts)


def run_prompts(args: argparse.Namespace) -> int:
    """Prompt each scene in several ways and print the table."""
    from ris_lab.evaluation.prompt_cover import measure_prompts
    measure_prompts(args.seed, args.scenes)
    return 0


def _add_voice(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser(
        'voice', help='the way from spoken commands to masks, with synthetic voices and noise')
    parser.add_argument('--engine', nargs='+', default=['moonshine'],
                        help='of moonshine, pocketsphinx and whisper [moonshine]')
    parser.add_argument('--weights', default='', help='of whisper: a folder with model.bin')
    parser.add_argument('--bias', nargs='+', choices=('on', 'off'), default=['on', 'off'],
                        help='[on off]')
    parser.add_argument('--conditions', type=int, default=7,
                        help='number, from clean on [%(default)s]')
    parser.add_argument('--commands', type=int, default=30, help='number [%(default)s]')
    parser.add_argument('--voices', choices=('fresh', 'known', 'natural', 'natural_known'),
                        default='fresh',
                        help='known: those that something was fitted to; natural: of neural models '
                        '[%(default)s]')
    parser.add_argument('--models', type=Path,
                        help='folder with the models of natural voices: kokoro.onnx and voices.bin '
                        'of kokoro-onnx, and en_US-joe-medium.onnx of piper')
    parser.add_argument('--speech', type=Path,
                        help='text that the voices read aloud to nobody, to count false alarms')
    parser.add_argument('--drawn', action='store_true',
                        help='commands about new scenes, in place of the worlds')
    parser.add_argument('--worlds', type=Path, default=Path('worlds'),
                        help='folder of SDF worlds with their commands [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('voice_output'),
                        help='folder for heard.jsonl, table.md and voice.png [%(default)s]')
    parser.add_argument('--seed', type=int, default=0, help='[%(default)s]')
    parser.set_defaults(func=run_voice)


def run_voice(args: argparse.Namespace) -> int:
    """Let voices speak, recognise and answer them, and print the table."""
    from ris_lab.evaluation.voice import VoiceTrial, measure_voice
    from ris_ros.speech.recogniser import ENGINES
    if unknown := set(args.engine) - set(ENGINES):
        raise RisError(f'There is no engine {", ".join(sorted(unknown))}; choose from '
                       f'{", ".join(ENGINES)}.')
    trial = VoiceTrial(args.worlds, args.voices, args.commands, args.conditions, args.seed,
                       args.drawn, args.models, args.speech)
    recognisers = [(engine, bias == 'on') for engine in args.engine for bias in args.bias]
    measure_voice(trial, recognisers, args.weights, args.out)
    return 0
