"""A sweep as a run of its own, for loggers whose runs are shown something in the end: its trials are runs of its group.

W&B's parallel coordinates are drawn over the runs of the group; its table of all trials is here.
"""

import os
import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra import build
from recurra.journal import journal
from recurra.loggers.ending import ended
from recurra.order import Order
from recurra.results import Results
from recurra.schema import parameters
from recurra.sweeps.findings import Findings
from recurra.sweeps.repeats import Group

if TYPE_CHECKING:
    from wandb import Run

_SHOWN = "conclude"
"""The argument of a logger's factory that says what its run is shown in the end."""


def tell(found: Findings, order: Order, again: str, folder: Path) -> None:
    """Tells the loggers of the sweep's runs, those that can be told, how its trials stand.

    Args:
        order: of the best run; its configuration says which loggers there are.
        again: the command that makes it again.
        folder: of the sweep.
    """
    nodes = order.config.get("logger") or {}
    wanted = {name: node for name, node in nodes.items() if node and _shows(node, f"logger.{name}")}
    if not wanted:
        return
    results = order.blank_results()
    results.folder, results.status = str(folder), "finished"
    description = {
        "name": f"sweep {order.sweep}",
        "group": order.sweep,
        "job_type": "sweep",
        "tags": results.tags,
        "continues": True,  # the sweep may have been told before
        "config": {"command": again, "varied": list(found.varied)},
        _SHOWN: partial(_show, found=found, folder=folder),
    }
    with journal(folder / "sweep.log", leading=True, heard=set()), ended(results) as loggers:
        loggers += build.loggers({"logger": wanted}, folder, description)
        for logger in loggers:
            _ = logger.experiment  # type: ignore[attr-defined]  # it begins
    if offline := sorted(folder.glob("*/wandb/offline-run-*")):
        # What runs in other processes have said stands in their logs.
        place = shlex.quote(os.path.relpath(folder))
        print(f"{len(offline)} of its runs are offline. To see them there: wandb sync {place}/*/wandb/offline-run-*")


def _shows(node: Mapping[str, Any], key: str) -> bool:
    return _SHOWN in (parameters(node, key) or {})


def _show(run: "Run", results: Results, *, found: Findings, folder: Path) -> None:
    import wandb

    keys = sorted({key for record in found.records for key in record.point})
    names = [objective.name for objective in found.objectives]
    columns: list[str | int] = ["trial", "status", *keys, *names, f"test {names[0]}", "seconds", "reason"]
    rows: list[list[Any]] = [
        [
            record.number,
            record.status,
            *(_cell(record.point.get(key)) for key in keys),
            *(record.values if record.values else (None for _ in names)),
            record.test,
            record.seconds,
            record.reason,
        ]
        for record in found.records
    ]
    told: dict[str, Any] = {"sweep/trials": wandb.Table(columns=columns, data=rows)}
    if found.importances:
        shares = wandb.Table(columns=["parameter", "importance"], data=list(map(list, found.importances.items())))
        told["sweep/importances"] = wandb.plot.bar(shares, "parameter", "importance", title="Importances")
    for picture in ("slices", "pareto_front"):
        if (file := folder / f"{picture}.png").is_file():
            told[f"sweep/{picture}"] = wandb.Image(str(file))
    run.log(told)
    best = found.best
    assert best is not None  # its order is known
    run.summary.update({f"best/{name}": best.mean(place) for place, name in enumerate(names)} | _best(best))


def _best(best: Group) -> dict[str, Any]:
    return {"best/trial": best.records[0].number, **{f"best/{key}": _cell(value) for key, value in best.point.items()}}


def _cell(value: Any) -> Any:
    """As a table of W&B's holds it: of one kind a column."""
    return value if isinstance(value, int | float | bool) or value is None else str(value)
