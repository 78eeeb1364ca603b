"""sweep.json: everything that a sweep found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recurra.order import Order
from recurra.results import write_json
from recurra.sweeps.best import command
from recurra.sweeps.bootstrap import Difference
from recurra.sweeps.findings import Findings
from recurra.sweeps.records import Record
from recurra.sweeps.repeats import Group

SWEEP = "sweep.json"


def write_sweep(
    folder: Path, found: Findings, begun: Mapping[str, Any], order: Order | None, flags: Sequence[str]
) -> None:
    """Writes `folder/sweep.json`, whole or not at all.

    Args:
        folder: of the sweep.
        found: what it found.
        begun: what the sweep was begun with: `runs`, what all have in common, and what is `varied`.
        order: the best run again; None where none finished.
        flags: that its command needs.
    """
    differs = found.difference
    content = {
        "command": {name: begun[name] for name in ("runs", "varied")},
        "objectives": {objective.name: objective.direction for objective in found.objectives},
        "counts": Counter(record.status for record in found.records),
        "best": None if found.best is None or order is None else _best(found.best, order, flags, len(found.objectives)),
        "difference": asdict(differs) if isinstance(differs, Difference) else differs,
        "pareto_front": [_numbers(group) for group in found.front],
        "groups": [_group(group, len(found.objectives)) for group in found.ranked],
        "importances": found.importances,
        "trials": [_trial(record) for record in found.records],
    }
    write_json(folder / SWEEP, content)


def _best(group: Group, order: Order, flags: Sequence[str], objectives: int) -> dict[str, Any]:
    return {
        "number": group.records[0].number if len(group.records) == 1 else None,
        "trials": _numbers(group),
        "values": [group.mean(place) for place in range(objectives)],
        "overrides": order.overrides,
        "command": command(order, flags),
    }


def _group(group: Group, objectives: int) -> dict[str, Any]:
    return {
        "parameters": group.point,
        "trials": _numbers(group),
        "n": len(group.finished),
        "mean": [group.mean(place) for place in range(objectives)] if group.finished else None,
        "sd": [group.sd(place) for place in range(objectives)],
    }


def _numbers(group: Group) -> list[int]:
    return [record.number for record in group.records]


def _trial(record: Record) -> dict[str, Any]:
    told = {**vars(record), "parameters": record.point, "folder": str(record.folder)}
    return {name: value for name, value in told.items() if name != "point"}
