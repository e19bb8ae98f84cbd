# SPDX-License-Identifier: Apache-2.0
"""The page of all ``ris`` commands, made from their parsers.

A test holds docs/commands.md to it; this makes the page anew:

    python -m ris_lab.site.commands > docs/commands.md
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator

from ris_lab.site.reference import table
from ris_ros.cli.main import make_parser

_INTRODUCTION = """# Commands

Made from the code; `ris COMMAND --help` says the same. What stands in brackets is taken where the
option is left out. The programs of the nodes, `ris_node`, `ris_speech` and `ris_camera`, explain
themselves with `--help`, too.
"""
_SEVERAL = ('*', '+')


def commands_page() -> str:
    """Return the page of all subcommands with their arguments."""
    lines = [_INTRODUCTION]
    for name, purpose, parser in each_command(make_parser()):
        lines += [f'{"#" * (1 + name.count(" "))} {name}', '', f'{_sentence(purpose)}', '']
        rows = [(f'`{_shown(action)}`', _meaning(action, parser)) for action in _arguments(parser)]
        if rows:
            lines += [*table(('argument', 'meaning'), rows), '']
        if parser.epilog:
            lines += [' '.join(parser.epilog.split()), '']
    return '\n'.join(lines)


def each_command(parser: argparse.ArgumentParser
                 ) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Yield full name, purpose and parser of each subcommand and of its own subcommands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            purposes = {choice.dest: choice.help or '' for choice in action._choices_actions}
            for name, own in action.choices.items():
                yield own.prog, purposes[name], own
                yield from each_command(own)


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments of a command, but for --help and its own subcommands."""
    return [action for action in parser._actions if action.help is not argparse.SUPPRESS
            and not isinstance(action, (argparse._HelpAction, argparse._SubParsersAction))]


def _shown(action: argparse.Action) -> str:
    """Return an argument as it is typed."""
    value = '' if action.nargs == 0 else action.metavar or action.dest
    if isinstance(value, tuple):
        value = ' '.join(value)
    elif action.option_strings and action.metavar is None:
        value = value.upper()
    if action.nargs in _SEVERAL:
        value += ' …'
    return ' '.join([', '.join(action.option_strings), value]).strip()


def _meaning(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """Return what an argument means, and what it may be."""
    meaning = (action.help or '') % {'prog': parser.prog, **vars(action)}
    if action.choices is not None:
        listed = ', '.join(f'`{choice}`' for choice in action.choices)
        meaning = f'{meaning} (one of {listed})'.strip()
    return ' '.join(meaning.split())


def _sentence(words: str) -> str:
    """Return words with a capital letter and a full stop."""
    return words[:1].upper() + words[1:] + '.'


if __name__ == '__main__':
    print(commands_page(), end='')
