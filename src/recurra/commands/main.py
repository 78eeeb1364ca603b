"""`recurra VERB`: everything that a finished model can do."""

import argparse
import sys
from collections.abc import Sequence

from recurra.commands import evaluate, predict
from recurra.commands.ending import end

_PLAIN = "\0"  # marks an argument that begins with a dash and is a text all the same


def parser() -> argparse.ArgumentParser:
    """The parser; importing it imports no torch."""
    top = argparse.ArgumentParser(
        prog="recurra", description="What a finished model can do. To make one: recurra-train"
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for command in (predict, evaluate):
        command.add_to(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. Exit status 0, 1 for a failure, 2 for the user's mistake."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    made = parser()
    asked = made.parse_args(_protected(typed))
    for name, value in vars(asked).items():
        if isinstance(value, list):
            setattr(asked, name, [item.removeprefix(_PLAIN) for item in value])
    end(lambda: asked.run(asked))


def _protected(typed: list[str]) -> list[str]:
    """Marks arguments that begin with a dash but are no option, so that a text such as `-1 star` can be typed."""
    if not typed or typed[0] != "predict":
        return typed
    known = {"-h", "--help", *predict.OPTIONS}
    return [a if not a.startswith("-") or a == "-" or a.split("=")[0] in known else _PLAIN + a for a in typed]


if __name__ == "__main__":
    main()
