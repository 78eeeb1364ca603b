"""Tables for a person, as text."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from recurra.results import Results

_COUNTED = ("rows", "steps", "tokens", "characters")


def text(table: Table) -> str:
    """A table as plain lines, as wide as it needs."""
    console = Console(file=StringIO(), width=160, color_system=None, markup=False, emoji=False, highlight=False)
    console.print(table)
    drawn = str(console.file.getvalue())  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in drawn.splitlines()).strip("\n")


def scores(figures: dict[str, Any], title: str) -> str:
    """The scores of one split, and a row for each class if they were counted class by class.

    Args:
        figures: `validation` or `test` of results.json.
    """
    told = "  ".join(f"{n} {value:.4f}" for n, value in figures.items() if n not in (*_COUNTED, "per_class"))
    title += ": " + ", ".join(f"{figures[name]} {name}" for name in _COUNTED if name in figures)
    if not figures["per_class"]:
        return f"{title}\n{told}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, caption=told)
    table.caption_justify = "left"
    table.add_column("class")
    for name in ("precision", "recall", "f1", "support"):
        table.add_column(name, justify="right")
    for row in figures["per_class"]:
        table.add_row(
            row["label"], *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")), str(row["support"])
        )
    return text(table)


def comparison(results: Sequence[Results]) -> str:
    """One row a run, best validation score first; runs without a score last."""
    sign = -1 if any(run.mode == "max" for run in results) else 1
    ranked = sorted(results, key=lambda run: (run.score != run.score, sign * run.score))
    monitor = next((run.monitor for run in results if run.monitor), "score")
    table = Table(title="All runs, best first by validation", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("job", "model", "what differs"):
        table.add_column(name)
    common = set.intersection(*(set(run.overrides) for run in results))
    test = "accuracy"
    for name in (f"val {monitor}", f"test {monitor}", f"test {test}", "parameters", "seconds", "status"):
        table.add_column(name, justify="right")
    for run in ranked:
        table.add_row(
            run.folder.rstrip("/").rsplit("/", 1)[-1],
            run.model,
            " ".join(override for override in run.overrides if override not in common),
            *(
                _number(part.get(name))
                for part, name in ((run.validation, monitor), (run.test, monitor), (run.test, test))
            ),
            f"{run.parameters:,}" if run.parameters else "-",  # it failed before there was a model
            f"{run.train_seconds:.0f}" if run.parameters else "-",
            run.status,
        )
    return text(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
