"""What a report tells, whichever way it is told."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, final

from recurra.report.comparison import Comparison, compare
from recurra.report.finding import find
from recurra.report.runs import Left, Run
from recurra.report.standing import Standing
from recurra.report.to_first import ToFirst


@final
@dataclass(frozen=True)
class Report:
    """Runs beside each other.

    Attributes:
        comparisons: of those that can be compared.
        left: the others.
    """

    comparisons: Sequence[Comparison]
    left: Sequence[Left]

    @property
    def runs(self) -> int:
        """How many are compared."""
        return sum(comparison.runs for comparison in self.comparisons)

    def plain(self) -> dict[str, Any]:
        """All of it as plain values, for scripts."""
        return {
            "comparisons": [
                {
                    "data": comparison.data,
                    "score": comparison.objective.name,
                    "direction": comparison.objective.direction,
                    "standings": [_standing(standing) for standing in comparison.standings],
                }
                for comparison in self.comparisons
            ],
            "left": [
                {"folder": str(run.folder), "status": run.status, "why": run.why, "overrides": list(run.command)}
                for run in self.left
            ],
        }


def report(paths: Iterable[Path]) -> Report:
    """Reads the runs in these folders, and compares them.

    Raises:
        ConfigError: a path without runs.
    """
    found = find(paths)
    comparisons, again = compare(run for run in found if isinstance(run, Run))
    return Report(comparisons, [*(run for run in found if isinstance(run, Left)), *again])


def finite(node: Any) -> Any:
    """The same with None in place of what JSON has no number for."""
    if isinstance(node, float):
        return node if math.isfinite(node) else None
    if isinstance(node, Mapping):
        return {key: finite(value) for key, value in node.items()}
    return [finite(value) for value in node] if isinstance(node, list | tuple) else node


def _standing(standing: Standing) -> dict[str, Any]:
    differs = standing.difference
    told = {name: value for name, value in vars(standing).items() if name not in ("runs", "difference")}
    return {
        **told,
        "difference": asdict(differs) if isinstance(differs, ToFirst) else differs,
        "runs": [
            {
                "folder": str(run.folder),
                "seed": run.results.seed,
                "overrides": run.results.overrides,
                "validation": run.results.validation,
                "test": run.results.test,
            }
            for run in standing.runs
        ],
    }
