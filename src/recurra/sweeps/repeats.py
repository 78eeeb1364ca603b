"""Runs that only chance tells apart: other seeds, other parts of the same rows."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any, final

from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record

FOLD = "data.fold"
REPEATS = ("seed", FOLD, "data.split_seed")
"""Parameters by which a run is repeated, not changed."""


@final
@dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but repeats; a single run is a group, too.

    Attributes:
        point: the values that they have in common.
        records: the runs, by number.
    """

    point: Mapping[str, Any]
    records: Sequence[Record]

    @property
    def finished(self) -> list[Record]:
        """The runs that have values."""
        return [record for record in self.records if record.status == "finished"]

    def mean(self, objective: int = 0) -> float:
        """Of an objective over the finished runs; NaN if there is none."""
        values = self._values(objective)
        return fmean(values) if values else math.nan

    def sd(self, objective: int = 0) -> float | None:
        """Of a sample, with n - 1; None for fewer than two finished runs."""
        values = self._values(objective)
        return stdev(values) if len(values) > 1 else None

    def repeat(self, record: Record) -> tuple[tuple[str, Any], ...]:
        """What tells a run of this group from the others."""
        return tuple((key, value) for key, value in record.point.items() if key not in self.point)

    def _values(self, objective: int) -> list[float]:
        return [record.values[objective] for record in self.finished]


def groups(records: Iterable[Record]) -> list[Group]:
    """The records, those that differ in repeats alone together; each by itself where none do."""
    started = [record for record in records if record.status != "waiting"]
    found: dict[tuple[tuple[str, Any], ...], list[Record]] = {}
    for record in started:
        found.setdefault(tuple(_lasting(record.point).items()), []).append(record)
    distinct = {tuple(sorted(record.point.items())) for record in started}
    if len(found) == len(started) or len(distinct) < len(started):  # a run made twice is no repeat
        return [Group(record.point, [record]) for record in started]
    return [Group(dict(point), together) for point, together in found.items()]


def best_first(found: Iterable[Group], objectives: Sequence[Objective]) -> list[Group]:
    """By the mean of the first objective, and of the others where it is equal; those without any last, by number."""
    signs = [-1 if objective.direction == "maximize" else 1 for objective in objectives]

    def cost(group: Group) -> tuple[bool, list[float]]:
        means = [sign * group.mean(place) for place, sign in enumerate(signs)] if group.finished else []
        return not group.finished, means

    return sorted(found, key=cost)


def front(found: Iterable[Group], objectives: Sequence[Objective]) -> list[Group]:
    """Those that no other is better than in one objective and as good as in all: the Pareto front."""
    signs = [-1 if objective.direction == "maximize" else 1 for objective in objectives]
    costs = [
        (group, tuple(sign * group.mean(place) for place, sign in enumerate(signs)))
        for group in found
        if group.finished
    ]
    return [group for group, own in costs if not any(_dominates(other, own) for _, other in costs)]


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _lasting(point: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in point.items() if key not in REPEATS}
