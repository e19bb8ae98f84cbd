# SPDX-License-Identifier: Apache-2.0
"""``ris label``: label pictures of your own robot on a page in the browser."""
from __future__ import annotations

import argparse
from pathlib import Path
import signal

_EPILOG = """Click an outline or drag a box, type a command, press Enter. What is saved after each
entry is read by `ris evaluate --dataset pictures` and `ris calibrate --pictures`."""
_PORT = 8470


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'label', help='label your own pictures in the browser', epilog=_EPILOG)
    parser.add_argument('folder', type=Path, help='with pictures; pictures.json is saved there')
    parser.add_argument('--profile', default='embedded',
                        help="whose proposals can be clicked; 'none' for boxes by hand alone "
                        '[%(default)s]')
    parser.add_argument('--device', default='cpu', help='of the profile [%(default)s]')
    parser.add_argument('--port', type=int, default=_PORT,
                        help='of this machine to listen at; 0 for any free one [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve the page until Ctrl+C."""
    # Imported here, so that `ris` starts without cv2 and torch.
    from ris_lab.labelling.label_file import LabelFile
    from ris_lab.labelling.label_server import ADDRESS, make_server
    from ris_ros.errors import RisError

    if not 0 <= args.port <= 65535:
        raise RisError(f'--port is {args.port}; expected 0 to 65535.')
    labels = LabelFile(args.folder.resolve())
    # A shell starts what runs in its background with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with make_server(labels, _outlines(args), args.port) as server:
        print(f'Open http://{ADDRESS}:{server.server_address[1]}/ to label '
              f'{len(labels.pictures)} pictures; Ctrl+C ends.', flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tally = labels.tally()
            print(f'{tally["targets"]} commands with a target and {tally["absent"]} without are '
                  f'in {labels.path}.')
    return 0


def _outlines(args: argparse.Namespace) -> object | None:
    """Return what proposes outlines, None where the user wants none."""
    if args.profile == 'none':
        return None
    from ris_lab.labelling.outlines import Outlines
    from ris_ros.errors import RisError
    from ris_ros.profile import load_profile
    from ris_ros.proposals.sources import make_proposer

    proposals = load_profile(args.profile).proposals
    if proposals['source'] == 'given':
        raise RisError(f'The profile {args.profile!r} has no proposals of its own; choose another '
                       "--profile, or 'none'.")
    return Outlines(make_proposer(proposals, args.device))
