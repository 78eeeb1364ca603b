"""The trials of a sweep: which is next, and what became of each.

Every trial that is to be made has a ticket, a number from 0; it waits in the study until some process takes it. A trial
that is lost with its process, or interrupted, becomes FAIL without a reason, and its ticket is enqueued anew, under a
new number of the study's. So whatever is killed at whatever moment, each ticket comes to exactly one end; where two
processes enqueue one at once, the later trial is withdrawn. In a grid a ticket has a point of its own; otherwise one is
proposed when it is taken.
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from optuna import Study, Trial
from optuna.trial import FrozenTrial, TrialState

from recurra.sweeps.objective import Objective
from recurra.sweeps.outcome import Outcome, outcome
from recurra.sweeps.presence import WORKER, Presence
from recurra.sweeps.space import Point, Space

TICKET, REASON, OVERRIDES = "ticket", "reason", "overrides"
"""Attributes of a trial: which one of those to be made it is, why it failed, what was typed for it."""

_WITHDRAWN = "withdrawn: it is not wanted, or another process had the same one to make"
_STATES = {"finished": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}


@final
@dataclass(frozen=True)
class Assigned:
    """A trial that this process makes.

    Attributes:
        overrides: of what the sweep varies, for Hydra.
    """

    trial: Trial
    overrides: list[str]

    @property
    def number(self) -> int:
        """In the study; its run's folder is called so."""
        return self.trial.number


@final
class Trials:
    """What waits, runs and has ended.

    Args:
        study: of Optuna, whose sampler proposes.
        space: what is varied.
        presence: of this process among others.
        folder: of the sweep; the run of trial 7 is in `folder/7`.
        objectives: that trials are compared by.
    """

    def __init__(
        self, study: Study, space: Space, presence: Presence, folder: Path, objectives: Sequence[Objective]
    ) -> None:
        self._study = study
        self._space = space
        self._presence = presence
        self._folder = folder
        self._objectives = tuple(objectives)

    def issue(self, points: Iterable[Point]) -> None:
        """Makes sure that there is a ticket for each point; one that is empty lets the sampler propose."""
        issued = {trial.user_attrs[TICKET] for trial in self.all}
        ticket = -1
        for ticket, point in enumerate(points):
            if ticket not in issued:
                self._study.enqueue_trial(self._space.of_trial(point), user_attrs={TICKET: ticket})
        for trial in self.of(TrialState.WAITING):
            if trial.user_attrs[TICKET] > ticket:  # fewer are wanted than before
                _handle(self._study, trial).set_user_attr(REASON, _WITHDRAWN)
                self._study._storage.set_trial_state_values(trial._trial_id, TrialState.FAIL)

    def recover(self) -> None:
        """Sees to the trials of processes that are gone: those whose run came to its end ended, others wait again."""
        with self._presence.alone():
            for lost in self._presence.lost(self._study):
                became = outcome(self._folder / str(lost.number), self._objectives)
                ended = became.status in ("finished", "pruned")
                self._tell(_handle(self._study, lost), became if ended else Outcome("interrupted"))
            self._enqueue_lost()

    def take(self) -> Assigned | None:
        """The next trial for this process; None where none waits."""
        while True:
            with self._presence.alone():
                if not self.of(TrialState.WAITING):
                    return None
                with warnings.catch_warnings():
                    warnings.filterwarnings("ignore", "Heartbeat of storage")  # `Presence` gives them
                    trial = self._study.ask()
                trial.set_user_attr(WORKER, self._presence.name)
                if self._is_superfluous(trial):
                    self._tell(trial, Outcome("failed", reason=_WITHDRAWN))
                    continue
                self._presence.takes(trial)
            point = self._space.propose(trial)
            overrides = self._space.overrides(point)
            trial.set_user_attr(OVERRIDES, overrides)
            return Assigned(trial, overrides)

    def end(self, made: Assigned, became: Outcome) -> None:
        """Tells how a trial of this process ended; an interrupted one waits again."""
        self._presence.ends(made.trial)
        self._tell(made.trial, became)
        if became.status == "interrupted":
            with self._presence.alone():
                self._enqueue_lost()

    @property
    def all(self) -> list[FrozenTrial]:
        """Every trial that counts, by number: one for each ticket."""
        return [t for t in self._ticketed if not _is_lost(t) and t.user_attrs.get(REASON) != _WITHDRAWN]

    def of(self, *states: TrialState) -> list[FrozenTrial]:
        """Those that count and are in one of these states."""
        return [trial for trial in self.all if trial.state in states]

    @property
    def _ticketed(self) -> list[FrozenTrial]:
        return [trial for trial in self._study.get_trials(deepcopy=False) if TICKET in trial.user_attrs]

    def _tell(self, trial: Trial, became: Outcome) -> None:
        if became.reason is not None:
            trial.set_user_attr(REASON, became.reason)
        state = _STATES.get(became.status, TrialState.FAIL)
        self._study.tell(trial, list(became.values) if state == TrialState.COMPLETE else None, state)

    def _enqueue_lost(self) -> None:
        present = {trial.user_attrs[TICKET] for trial in self.all}
        for lost in filter(_is_lost, self._ticketed):
            if (ticket := lost.user_attrs[TICKET]) not in present:
                present.add(ticket)
                self._study.enqueue_trial(lost.params, user_attrs={TICKET: ticket})

    def _is_superfluous(self, trial: Trial) -> bool:
        """Whether it has no ticket, since another process took the last that waited, or one that is taken."""
        ticket = trial.user_attrs.get(TICKET)
        return ticket is None or any(t.user_attrs[TICKET] == ticket for t in self.all if t.number < trial.number)


def _is_lost(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.FAIL and REASON not in trial.user_attrs


def _handle(study: Study, trial: FrozenTrial) -> Trial:
    """What can write to it."""
    return Trial(study, trial._trial_id)
