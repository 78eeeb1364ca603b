"""What became of a trial, read from its run's folder."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, final

from recurra.results import found
from recurra.sweeps.objective import Objective


@final
@dataclass(frozen=True)
class Outcome:
    """How a trial ended.

    Attributes:
        status: as in results.json; `interrupted` for one that is to be made again.
        values: of the objectives, if it finished.
        reason: why it failed.
    """

    status: Literal["finished", "pruned", "failed", "interrupted"]
    values: tuple[float, ...] = ()
    reason: str | None = None


def outcome(folder: Path, objectives: Sequence[Objective], ended: str | None = None) -> Outcome:
    """What the run in `folder` came to.

    Args:
        ended: why its process was ended or ended itself, if that is known from outside.
    """
    results = found(folder)
    if results is None:
        return Outcome("failed", reason=ended or "it ended without results")
    if results.status == "finished":
        values = tuple(objective.of(results) for objective in objectives)
        if all(math.isfinite(value) for value in values):
            return Outcome("finished", values)
        bad = ", ".join(f"{o.name} is {v}" for o, v in zip(objectives, values, strict=True) if not math.isfinite(v))
        return Outcome("failed", reason=bad)
    if results.status == "pruned":
        return Outcome("pruned")
    if ended is None and results.status == "interrupted":
        return Outcome("interrupted")
    return Outcome("failed", reason=results.error or ended or f"it ended while {results.status}")
