"""The trials of a sweep, one after another or several at once, until none is left."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import final

from omegaconf import DictConfig
from optuna.trial import TrialState

from recurra.overrides import quoted, split
from recurra.sweeps.launching import Ended, Job, NextJob
from recurra.sweeps.objective import Objective
from recurra.sweeps.outcome import Outcome, outcome
from recurra.sweeps.trials import Assigned, Trials


@final
class Conduct:
    """Hands trials to a launcher and tells the study what became of them.

    Args:
        trials: of the sweep.
        fixed: overrides that all its runs have.
        folder: of the sweep.
        objectives: that trials are compared by.
        max_failures: after so many no further trial is started.
        composed: what was composed before of these overrides, given values of Hydra's own; None where nothing was.

    Attributes:
        failures: how many trials of this process have failed.
        gave_up: whether these were too many.
    """

    def __init__(
        self,
        trials: Trials,
        fixed: Sequence[str],
        folder: Path,
        objectives: Sequence[Objective],
        max_failures: int | None,
        composed: Callable[[Sequence[str], Mapping[str, object]], DictConfig | None],
    ) -> None:
        self.failures = 0
        self._trials = trials
        self._fixed = tuple(fixed)
        self._folder = folder
        self._objectives = tuple(objectives)
        self._max_failures = max_failures
        self._composed = composed
        self._running: dict[int, Assigned] = {}

    @property
    def gave_up(self) -> bool:
        """Whether `max_failures` is reached."""
        return self._max_failures is not None and self.failures >= self._max_failures

    def go(
        self, launch: Callable[[NextJob], Generator[Ended, None, None]], told: Callable[[Ended, Outcome], None]
    ) -> None:
        """Until no trial waits. Those that run when it is interrupted, or fails, wait again.

        Args:
            launch: starts jobs and yields those that have ended.
            told: hears of every trial that has.
        """
        try:
            with closing(launch(self._next)) as all_ended:
                for ended in all_ended:
                    became = outcome(self._folder / str(ended.job.number), self._objectives, ended.reason)
                    self.failures += became.status == "failed"
                    self._trials.end(self._running.pop(ended.job.number), became)
                    told(ended, became)
        finally:
            for number, assigned in self._running.items():
                became = outcome(self._folder / str(number), self._objectives)
                ended_well = became.status in ("finished", "pruned")
                self._trials.end(assigned, became if ended_well else Outcome("interrupted"))

    def _next(self) -> Job | None:
        if self.gave_up:
            return None
        self._trials.recover()
        assigned = self._trials.take()
        if assigned is None:
            return None
        self._running[assigned.number] = assigned
        overrides = [*self._fixed, *assigned.overrides]
        place = {
            "hydra.sweep.dir": str(self._folder),  # said outright: another process may know no `fresh_folder`
            "hydra.sweep.subdir": str(assigned.number),
            "hydra.sweeper.trial": assigned.number,
            "hydra.sweeper.varied": [split(override)[1] for override in assigned.overrides],
        }
        said = [f"{key}={quoted(value) if isinstance(value, str) else value}" for key, value in place.items()]
        waiting = len(self._trials.of(TrialState.WAITING))
        return Job(assigned.number, [*overrides, *said], waiting, self._composed(overrides, place))
