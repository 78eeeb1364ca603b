"""`recurra VERB`: everything that a finished model can do."""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from io import TextIOWrapper
from itertools import pairwise

from recurra.commands import evaluate, generate, predict, report
from recurra.commands.ending import end
from recurra.commands.rows import in_options
from recurra.errors import RecurraError
from recurra.process import settle

_PLAIN = "\0"  # marks an argument that begins with a dash and is a text all the same


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. Exit status 0, 1 for a failure, 2 for the user's mistake."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    top, verbs = _parsers()
    if typed and typed[0] in verbs:
        # The verb's own parser, so that a person may type texts and options in any order.
        asked = verbs[typed[0]].parse_intermixed_args(_protected(typed[1:], verbs[typed[0]]))
    else:
        asked = top.parse_args(typed)
    for name, value in vars(asked).items():
        if isinstance(value, list):
            setattr(asked, name, [item.removeprefix(_PLAIN) for item in value])
        elif isinstance(value, str):
            setattr(asked, name, value.removeprefix(_PLAIN))
    end(lambda: _done(asked))


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of the command, and that of each verb; making them imports no torch."""
    top = argparse.ArgumentParser(
        prog="recurra", description="What a finished model can do. To make one: recurra-train"
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for command in (predict, evaluate, generate, report):
        command.add_to(verbs)
    return top, verbs.choices


def _done(asked: argparse.Namespace) -> int:
    settle()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows only ASCII
    try:
        return int(asked.run(asked))
    except RecurraError as error:
        raise type(error)(in_options(str(error))) from error


def _protected(typed: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """Marks arguments that begin with a dash but are no option, so that a text such as `-1 star` can be typed.

    One that is nearly an option is not marked: it is more likely misspelt than meant as a text.
    """
    options = [name for action in parser._actions for name in action.option_strings]
    numbers = {name for action in parser._actions if action.type in (int, float) for name in action.option_strings}

    def is_meant(argument: str, before: str) -> bool:
        plain = argument in ("-", "--") or not argument.startswith("-") or before in numbers
        return plain or bool(get_close_matches(argument.split("=")[0], options))

    return [a if is_meant(a, before) else _PLAIN + a for before, a in pairwise(["", *typed])]


if __name__ == "__main__":
    main()
