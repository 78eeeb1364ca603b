"""What a sweep found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from optuna import Study

from recurra.sweeps.bootstrap import Difference, Incomparable, difference
from recurra.sweeps.importance import importances
from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record, Status, records
from recurra.sweeps.repeats import REPEATS, Group, best_first, front, groups
from recurra.sweeps.trials import Trials


@final
@dataclass(frozen=True)
class Findings:
    """How all trials stand, and which is best; the test split decides nothing.

    Attributes:
        objectives: that trials are compared by.
        records: of all trials that count.
        ranked: groups of repeats, or trials where nothing is repeated, best first.
        front: those on the Pareto front; empty for one objective.
        difference: between the first two, or why it is not known; None where there are no two.
        importances: of parameters, the largest first; empty where there is too little to tell from.
        varied: parameters with several values among the finished trials, repeats aside; the most important ones first.
        logarithmic: those that are proposed so.
    """

    objectives: Sequence[Objective]
    records: Sequence[Record]
    ranked: Sequence[Group]
    front: Sequence[Group]
    difference: Difference | str | None
    importances: dict[str, float]
    varied: Sequence[str]
    logarithmic: frozenset[str]

    def of(self, *statuses: Status) -> list[Record]:
        """The trials that stand so."""
        return [record for record in self.records if record.status in statuses]

    @property
    def best(self) -> Group | None:
        """The first, if any has finished."""
        return self.ranked[0] if self.ranked and self.ranked[0].finished else None


def find(study: Study, trials: Trials, objectives: Sequence[Objective], folder: Path) -> Findings:
    """Reads the study, each run's results.json, and the answers of the runs of the first two.

    Args:
        study: of the trials.
        trials: those that count.
        objectives: that they are compared by.
        folder: of the sweep.
    """
    every = trials.all
    known = records(every, folder, objectives)
    ranked = best_first(groups(known), objectives)
    values: dict[str, set[str]] = {}
    for record in known:
        for key, value in record.point.items() if record.status == "finished" else ():
            values.setdefault(key, set()).add(str(value))
    varied = [key for key, found in values.items() if len(found) > 1 and key not in REPEATS]
    shares = importances(study, varied, objectives[0])
    kinds = {key: kind for trial in every for key, kind in trial.distributions.items()}
    return Findings(
        objectives,
        known,
        ranked,
        front(ranked, objectives) if len(objectives) > 1 else (),
        _difference(ranked, objectives[0]),
        shares,
        list(shares) or varied,
        frozenset(key for key, kind in kinds.items() if getattr(kind, "log", False)),
    )


def _difference(ranked: Sequence[Group], objective: Objective) -> Difference | str | None:
    if len(ranked) < 2 or not ranked[1].finished:
        return None
    try:
        return difference(ranked[0], ranked[1], objective)
    except Incomparable as error:
        return str(error)
