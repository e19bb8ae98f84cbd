# SPDX-License-Identifier: Apache-2.0
"""``ris pool``: index the frames of many robots on a few GPUs."""
from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from types import ModuleType

from ris_ros.errors import RisError

_EPILOG = """docs/fleet.md tells more. Example: ris pool serve --profile robot --device cuda --gpus
0.5 --replicas 2 --host 0.0.0.0 --tokens robots.txt --certificate pool.pem --key pool.key"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser('pool', help='index the frames of many robots on a few GPUs')
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    _add_serve(actions.add_parser(
        'serve', help='serve a profile to robots with Ray Serve', epilog=_EPILOG))
    _add_bench(actions)


def _add_bench(actions: argparse._SubParsersAction) -> None:
    """Add the bench, which a robot does without."""
    try:
        bench = import_module('ris_lab.cli.pool_bench')
    except ModuleNotFoundError:
        return
    bench.add_arguments(actions.add_parser(
        'bench', help='let simulated robots share a pool on this machine, and measure it'))


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--profile', default='embedded', help='[%(default)s]')
    parser.add_argument('--weights', default='', metavar='FILE',
                        help="CLIP weights in place of the profile's own")
    parser.add_argument('--device', default='cpu', help='of torch [%(default)s]')
    parser.add_argument('--precision', choices=('auto', 'fp32', 'bf16', 'fp16'), default='auto',
                        help='[%(default)s]')
    parser.add_argument('--threads', type=int, default=0, metavar='N',
                        help="CPU threads of a replica's models [torch's choice]")
    parser.add_argument('--separate', action='store_true',
                        help='encode each frame by itself, for features that are bit for bit '
                        'those of a robot without a pool')
    replicas = parser.add_argument_group('replicas')
    replicas.add_argument('--replicas', type=int, default=1, metavar='N', help='[%(default)s]')
    replicas.add_argument('--most-replicas', type=int, default=0, metavar='N',
                          help='let Ray add replicas by load, up to this many [as --replicas]')
    replicas.add_argument('--cpus', type=float, default=1.0, metavar='N',
                          help='CPUs of a replica [%(default)s]')
    replicas.add_argument('--gpus', type=float, default=0.0, metavar='N',
                          help='GPUs of a replica, such as 0.5 [%(default)s]')
    replicas.add_argument('--batch', type=int, default=0, metavar='N',
                          help='most frames that are encoded together [8 on a GPU, 1 on a CPU]')
    replicas.add_argument('--queue', type=int, default=32, metavar='N',
                          help='most requests that wait; others are told to try later '
                          '[%(default)s]')
    access = parser.add_argument_group('access')
    access.add_argument('--host', default='127.0.0.1', metavar='ADDRESS',
                        help='address to listen on; another one than this computer asks for '
                        '--tokens [%(default)s]')
    access.add_argument('--port', type=int, default=8130, metavar='N', help='[%(default)s]')
    access.add_argument('--tokens', type=Path, metavar='FILE',
                        help='file with the name and the token of a robot in each line')
    access.add_argument('--certificate', type=Path, metavar='FILE', help='PEM file, for HTTPS')
    access.add_argument('--key', type=Path, metavar='FILE', help="PEM file, the certificate's key")
    access.add_argument('--rate', type=float, default=12.0, metavar='HZ',
                        help='requests a second that one robot may send [%(default)s]')
    access.add_argument('--address', default='local', metavar='RAY',
                        help="'auto' or HOST:PORT of a Ray cluster [one of its own here]")
    access.add_argument('--metrics-port', type=int, metavar='N',
                        help="port of Ray's metrics, on all addresses of this computer [a free "
                        'one]')
    parser.set_defaults(func=serve)


def serve(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    if args.tokens is None and args.host not in ('127.0.0.1', 'localhost', '::1'):
        raise RisError(f'--host {args.host} can be reached from other computers; name the robots '
                       'and their tokens with --tokens FILE.')
    if (args.certificate is None) != (args.key is None):
        raise RisError('HTTPS takes both --certificate and --key.')
    if args.metrics_port is not None and args.address != 'local':
        raise RisError('--metrics-port is for a Ray that the pool starts itself; a running cluster '
                       'keeps its own (ray start --metrics-export-port N).')
    if args.tokens is not None and args.certificate is None:
        print('Without --certificate and --key, tokens and pictures travel in the clear; put a '
              'proxy with a certificate before the pool.', flush=True)
    service, settings = _import('service'), _import('settings')
    return service.run(
        settings.PoolSettings.of({
            'profile': args.profile, 'weights': args.weights, 'device': args.device,
            'precision': args.precision, 'threads': args.threads, 'separate': args.separate,
            'replicas': args.replicas, 'most_replicas': args.most_replicas, 'cpus': args.cpus,
            'gpus': args.gpus, 'batch': args.batch, 'queue': args.queue, 'rate': args.rate,
            'tokens': '' if args.tokens is None else str(args.tokens.resolve())}),
        service.PoolPlace(args.address, args.host, args.port, args.certificate, args.key,
                          metrics_port=args.metrics_port))


def _import(name: str) -> ModuleType:
    """Import a module of the pool's server; raise RisError where its packages are missing."""
    try:
        return import_module(f'ris_ros.pool_server.{name}')
    except ModuleNotFoundError as error:
        if (error.name or '').startswith('ris_ros'):
            raise
        raise RisError(f'It needs the package {error.name}, which is not installed; run pip '
                       "install -r requirements/pool.txt in ris_ros's folder.") from None
