"""Errors that a user can act on.

Each message says what came, what was expected, what exists and what to do. The commands print the message alone and
exit with status 2; a traceback is shown only for a defect of ours.
"""

import difflib
from collections.abc import Iterable


class RecurraError(ValueError):
    """A mistake in what the user gave; never raised itself, only as one of those below."""


class ConfigError(RecurraError):
    """A configuration that cannot be run: an unknown name, a wrong type, a value out of range, a contradiction."""


class DataError(RecurraError):
    """A file or corpus that cannot be read; the message names the file and, where there is one, the line."""


class CheckpointError(RecurraError):
    """A file that is no checkpoint of Recurra, is damaged, or does not fit what it is used for."""


class TrainingError(RecurraError):
    """A training that cannot go on: its loss is no number any more."""


def first_line(error: BaseException) -> str:
    """The first line of what an exception says; its name where it says nothing."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """A sentence that begins with a space and names the option nearest to `name`; empty if none is near."""
    near = difflib.get_close_matches(name, list(options), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def unknown(what: str, name: str, options: Iterable[str]) -> str:
    """The message for a name that does not exist: what came, the nearest that exists, and the list of all."""
    known = sorted(options)
    listed = ", ".join(known) if known else "none"
    return f"There is no {what} {name!r}.{did_you_mean(name, known)} What exists: {listed}."
