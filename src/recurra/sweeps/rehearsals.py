"""The jobs of a sweep before the first one starts: each is checked, and each distinct model tried once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

from recurra.errors import RecurraError
from recurra.order import Order
from recurra.rehearsal import Rehearsal, check, rehearse

_APART = ("seed", "tags", "optimizer", "scheduler", "callbacks", "logger", "test", "resume")
_FOLDS = ("fold", "split_seed")
"""What makes no difference to whether a run can be done, nor to how long a step takes."""


@final
@dataclass(frozen=True)
class Rehearsed:
    """A job that can be done.

    Attributes:
        typed: what it differs by from the others.
        order: it.
        rehearsal: of a job with the same model and data.
    """

    typed: Sequence[str]
    order: Order
    rehearsal: Rehearsal


def rehearse_all(jobs: Iterable[tuple[Sequence[str], Order]]) -> list[Rehearsed]:
    """Each job checked, and one of each distinct model and data rehearsed.

    Args:
        jobs: what each was typed with, beside what all have in common, and its order.

    Raises:
        RecurraError: of the kind of the first mistake; it tells all of them.
    """
    known: dict[str, Rehearsal] = {}
    found = []
    mistakes: dict[str, list[str]] = {}
    kinds: list[type[RecurraError]] = []
    number = -1
    for number, (typed, order) in enumerate(jobs):
        try:
            check(order)
            key = _distinct(order.config)
            if key not in known:
                known[key] = rehearse(order)
        except RecurraError as error:
            kinds.append(type(error))
            mistakes.setdefault(str(error), []).append(f"{number} ({' '.join(typed)})" if typed else str(number))
        else:
            found.append(Rehearsed(typed, order, known[key]))
    if mistakes:
        told = [f"job {', '.join(alike)}: {message}" for message, alike in mistakes.items()]
        heading = f"{len(kinds)} of {number + 1} jobs cannot be done, and none was started."
        raise kinds[0]("\n".join([heading, *told]))
    return found


def _distinct(config: dict[str, Any]) -> str:
    rest = {name: part for name, part in config.items() if name not in _APART}
    rest["data"] = {name: value for name, value in config["data"].items() if name not in _FOLDS}
    return json.dumps(rest, sort_keys=True, default=str)
