"""`hydra/sweeper=recurra`. Hydra imports this file whenever it starts, so all that is heavy is imported inside."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, final

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from recurra.types import NaturalInt, PositiveInt


@final
class RecurraSweeper(Sweeper):
    """Every combination of the values given, or `n_trials` proposals of a sampler of Optuna's.

    Each trial's end is kept as soon as it is known; the same command with `hydra.sweep.dir=` of a sweep that was
    stopped or killed goes on with it.

    Args:
        params: what is varied, a `KEY: choice(...)` each; those of the command line come after them.
        sampler: a factory of Optuna's samplers; None for the combinations in their order.
        pruner: of Optuna's; ends trials that promise nothing. None ends none.
        n_trials: how many are made in all; None for every combination.
        objectives: figures that trials are compared by and which way is better; None for the one that the task goes by.
        max_failures: after so many that failed since this start no further one is begun.
        storage: URL of a database; None for a file in the sweep's folder.
        study: what the sweep is called in the storage; None for the path of its folder.
        batch: trials handed over at once to a launcher that takes several.
        trial: the number of the trial, in the configuration of its run.
        varied: the keys that the sweep varies, likewise.
    """

    hydra_context: HydraContext
    config: DictConfig

    def __init__(
        self,
        *,
        params: Mapping[str, Any],
        sampler: Mapping[str, Any] | None,
        pruner: Mapping[str, Any] | None,
        n_trials: PositiveInt | None = None,
        objectives: Mapping[str, Literal["minimize", "maximize"]] | None = None,
        max_failures: PositiveInt | None = None,
        storage: str | None = None,
        study: str | None = None,
        batch: PositiveInt = 1,
        trial: NaturalInt | None = None,
        varied: Sequence[str] = (),
    ) -> None:
        self.params = params
        self.sampler = sampler
        self.pruner = pruner
        self.n_trials = n_trials
        self.objectives = objectives
        self.max_failures = max_failures
        self.storage = storage
        self.study = study
        self.batch = batch

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Hydra's first call."""
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def sweep(self, arguments: Sequence[str]) -> None:
        """Hydra's second call, with the overrides that were typed.

        Raises:
            RecurraError: a mistake in the command, before any trial is made.
            SystemExit: the sweep ended with failures, or was interrupted.
        """
        from recurra.commands.sweep import sweep

        self.task_function.composed = True  # type: ignore[attr-defined]
        if status := sweep(self, arguments):
            raise SystemExit(status)  # Hydra hands nothing on that a sweeper returns
