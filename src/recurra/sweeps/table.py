"""The table of a sweep's trials, and what stands under it."""

import os
from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from statistics import fmean
from typing import Any

from rich import box
from rich.table import Table

from recurra import tables
from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record
from recurra.sweeps.repeats import Group

_ROWS, _FAILURES, _WIDTH = 20, 10, 100
_WORD, _NAME = 24, 40  # characters that are shown of a key or value, and of what a sentence calls a group


def table(ranked: Sequence[Group], objectives: Sequence[Objective], front: Container[int], file: str) -> str:
    """A row a group of repeats, or a trial where nothing is repeated; the best ones where there are many.

    Args:
        ranked: best first.
        objectives: that they are compared by.
        front: the numbers of the first trials of those on the Pareto front; they are marked, and never left out.
        file: where all are.
    """
    repeated = any(len(group.records) > 1 for group in ranked)
    first = objectives[0]
    drawn = Table(title=f"All runs, best first by {first.title}", title_justify="left", box=box.SIMPLE_HEAD)
    drawn.add_column("trials" if repeated else "trial")
    drawn.add_column("what differs", overflow="fold")
    shown = [o.title for o in objectives] + [f"test {first.name}"] * first.of_rows
    for name in [*shown, "seconds", *(["runs"] if repeated else []), "status"]:
        drawn.add_column(name, justify="right")
    varying = varied(ranked)
    rows = [group for place, group in enumerate(ranked) if place < _ROWS or group.records[0].number in front]
    for group in rows:
        drawn.add_row(
            numbers(group) + " *" * (group.records[0].number in front),
            differing(group.point, varying) or "-",
            *(spread(group, objective, place) for place, objective in enumerate(objectives)),
            *([_mean(group, "test", "{:.4f}")] * first.of_rows),
            _mean(group, "seconds", "{:.0f}"),
            *([str(len(group.finished))] if repeated else []),
            _statuses(group.records),
        )
    said = [tables.text(drawn, _WIDTH)]
    if front:
        said.append("* is on the Pareto front: no other is better in one objective and as good in all others.")
    if len(rows) < len(ranked):
        said.append(f"... and {len(ranked) - len(rows)} more; all are in {file}")
    return "\n".join(said)


def counted(records: Sequence[Record]) -> str:
    """How many trials there are, and how they stand."""
    return f"{len(records)} trials: {_statuses(records, always=True)}"


def failures(records: Sequence[Record], file: str) -> list[str]:
    """A line for each trial that failed: why, and where its log is."""
    failed = [record for record in records if record.status == "failed"]
    lines = []
    for record in failed[:_FAILURES]:
        typed = differing(record.point, record.point)
        reason = next(iter(str(record.reason).splitlines()), "")
        log = os.path.relpath(record.folder / "train.log")
        lines.append(f"trial {record.number} ({typed}) failed: {reason}; {log}")
    more = len(failed) - len(lines)
    return [*lines, *([f"... and {more} more failed; their reasons are in {file}"] if more else [])]


def varied(ranked: Sequence[Group]) -> set[str]:
    """The parameters that are not the same everywhere."""
    keys = {key for group in ranked for key in group.point}
    return {key for key in keys if len({str(group.point.get(key)) for group in ranked}) > 1}


def differing(point: Mapping[str, Any], varying: Collection[str]) -> str:
    """What is particular about a group, short enough for a table: `lr=0.003` for `optimizer.lr=0.0030000001`."""
    ends = Counter(key.rpartition(".")[2] for key in varying)
    shown = {key: end if ends[end := key.rpartition(".")[2]] == 1 else key for key in varying}
    return " ".join(
        f"{tables.cut(shown[key], _WORD)}={_short(value)}" for key, value in point.items() if key in varying
    )


def names(first: Group, second: Group) -> tuple[str, str]:
    """What a sentence calls two groups: what differs between them, or the numbers of their trials if that is long."""
    one, other = (differing(group.point, varied([first, second])) for group in (first, second))
    if one and other and max(len(one), len(other)) <= _NAME:
        return one, other
    return called(first), called(second)


def called(group: Group) -> str:
    """`trial 3`, or `trials 0-4`."""
    return f"trial{'s' * (len(group.records) > 1)} {numbers(group)}"


def numbers(group: Group) -> str:
    """The numbers of its trials: `0-4`, or `0, 2, 4`."""
    every = [record.number for record in group.records]
    if len(every) > 2 and every == list(range(every[0], every[-1] + 1)):
        return f"{every[0]}-{every[-1]}"
    return ", ".join(map(str, every))


def spread(group: Group, objective: Objective, place: int = 0) -> str:
    """`0.9120 ± 0.0071`, the mean and the standard deviation of its runs; `0.9120` of a single one.

    Args:
        group: of runs.
        objective: what is told of it.
        place: which of the objectives that is.
    """
    if not group.finished:
        return "-"
    mean, sd = _number(group.mean(place), objective), group.sd(place)
    return mean if sd is None else f"{mean} ± {_number(sd, objective)}"


def _number(value: float, objective: Objective) -> str:
    return f"{value:.4f}" if objective.of_rows else f"{value:,.0f}" if value >= 100 else f"{value:.4g}"


def _short(value: Any) -> str:
    """Four digits of a number that has more; a long text's beginning."""
    told = str(value).strip("'\"")
    try:
        number = float(told)
    except ValueError:
        return tables.cut(told, _WORD)
    return told if len(told) <= len(f"{number:.4g}") or number.is_integer() else f"{number:.4g}"


def _mean(group: Group, figure: str, form: str) -> str:
    values = [value for record in group.records if (value := getattr(record, figure)) is not None]
    return form.format(fmean(values)) if values else "-"


def _statuses(records: Sequence[Record], *, always: bool = False) -> str:
    found = Counter(record.status for record in records)
    alone = len(records) == 1 or len(found) == 1
    if alone and not always:
        return records[0].status
    return ", ".join(f"{count} {status}" for status, count in found.most_common())
