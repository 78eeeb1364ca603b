"""What is known of a sweep's trials, as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, final

from optuna.trial import FrozenTrial, TrialState

from recurra.results import found
from recurra.sweeps.objective import Objective
from recurra.sweeps.trials import OVERRIDES, REASON

Status = Literal["finished", "pruned", "failed", "running", "waiting"]
_STATUSES: dict[TrialState, Status] = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}


@final
@dataclass(frozen=True)
class Record:
    """One trial.

    Attributes:
        number: in the study.
        folder: of its run.
        status: how it stands.
        point: the value of each parameter that exists there.
        overrides: what was typed for it, as Hydra reads it.
        values: of the objectives, if it finished.
        test: the first objective on the test split, to be shown beside it; nothing is ever ranked or chosen by it.
        seconds: that training took.
        reason: why it failed.
    """

    number: int
    folder: Path
    status: Status
    point: Mapping[str, Any]
    overrides: Sequence[str] = ()
    values: Sequence[float] = ()
    test: float | None = None
    seconds: float | None = None
    reason: str | None = None


def records(trials: Iterable[FrozenTrial], folder: Path, objectives: Sequence[Objective]) -> list[Record]:
    """Of each trial a record; results.json is read once a trial.

    Args:
        trials: those that count.
        folder: of the sweep.
        objectives: that trials are compared by.
    """
    return [_record(trial, folder / str(trial.number), objectives[0].name) for trial in trials]


def _record(trial: FrozenTrial, folder: Path, score: str) -> Record:
    results = found(folder)
    return Record(
        number=trial.number,
        folder=folder,
        status=_STATUSES[trial.state],
        point=dict(trial.params),
        overrides=tuple(trial.user_attrs.get(OVERRIDES, ())),
        values=tuple(trial.values or ()),
        test=None if results is None else results.test.get(score),
        seconds=None if results is None or not results.parameters else results.train_seconds,
        reason=trial.user_attrs.get(REASON),
    )
