"""The leader table in a terminal."""

from rich import box
from rich.table import Table

from recurra import tables
from recurra.report.comparison import Comparison
from recurra.report.report import Report
from recurra.report.runs import Left
from recurra.report.to_first import ToFirst

_ROWS, _LEFT, _WIDTH = 30, 20, 140
_WHY = 100  # characters


def table(report: Report) -> str:
    """A table for each comparison, the best rows where there are many, and a line for each run that is not compared."""
    said = [_comparison(comparison) for comparison in report.comparisons]
    if len(said) > 1:
        said.append("Runs on other data, or with another score, cannot be compared: hence several tables.")
    if report.left:
        said.append("\n".join([f"not compared: {len(report.left)}", *map(_left, report.left[:_LEFT])]))
        if (more := len(report.left) - _LEFT) > 0:
            said[-1] += f"\n  ... and {more} more"
    return "\n\n".join(said)


def _comparison(comparison: Comparison) -> str:
    objective, standings = comparison.objective, comparison.standings
    drawn = Table(
        title=f"{comparison.data}\nbest first by {objective.title}", title_justify="left", box=box.SIMPLE_HEAD
    )
    drawn.add_column("")
    drawn.add_column("what differs", overflow="fold")
    counted = any(len(standing.runs) > 1 for standing in standings)
    for name in [*["runs"] * counted, objective.title, "than the first", f"test {objective.name}"]:
        drawn.add_column(name, justify="right", no_wrap=True)
    for name in ("seconds", "tokens/s", "parameters"):
        drawn.add_column(name, justify="right", no_wrap=True)
    for place, standing in enumerate(standings[:_ROWS], 1):
        drawn.add_row(
            str(place),
            standing.name,
            *[str(len(standing.runs))] * counted,
            standing.spread,
            _than(standing.difference),
            standing.test_spread or "-",
            f"{standing.seconds:,.0f}",
            f"{standing.tokens_per_second:,.0f}",
            f"{standing.parameters:,.0f}",
        )
    said = [tables.text(drawn, _WIDTH), *comparison.notes]
    if len(standings) > _ROWS:
        said.append(f"... and {len(standings) - _ROWS} more; --json has all")
    return "\n".join(said)


def _than(differs: ToFirst | str | None) -> str:
    """How much better than the first, with the 95 % interval; `?` where that is not known."""
    if isinstance(differs, ToFirst):
        return "\n".join([differs.told, *differs.remarks(str)])
    return "" if differs is None else "?"


def _left(run: Left) -> str:
    why = next(iter(run.why.splitlines()), "")
    return f"  {run.folder}: {run.status}{', ' * bool(why)}{tables.cut(why, _WHY)}"
