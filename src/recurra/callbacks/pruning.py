"""A run of a sweep that promises nothing ends early."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, final

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.errors import ConfigError, unknown
from recurra.sweeps.place import Place

if TYPE_CHECKING:
    from optuna import Trial


class Pruned(Exception):
    """The sweep's pruner ended the run.

    Attributes:
        scores: of the last validation, without their prefix.
    """

    def __init__(self, scores: dict[str, float], validations: int) -> None:
        super().__init__(f"pruned after validation {validations}")
        self.scores = scores


@final
class Pruning(Callback):
    """Tells the trial every validation's score, and ends the run where its study's pruner says so.

    The first rank tells; all end together.

    Args:
        place: of the run in the sweep's study.
        monitor: the score that the task goes by.
    """

    def __init__(self, place: Place, monitor: str) -> None:
        self._place = place
        self._monitor = place.figure or monitor
        self._validations = 0
        self._trial: Trial | None = None
        self._open = ExitStack()

    def state_dict(self) -> dict[str, Any]:
        """How many validations there were."""
        return {"validations": self._validations}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state`."""
        self._validations = state["validations"]

    def on_fit_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Opens the study."""
        if trainer.is_global_zero:
            self._trial = self._open.enter_context(self._place.trial())

    def teardown(self, trainer: Trainer, module: LightningModule, stage: str) -> None:
        """Closes it."""
        self._open.close()

    def on_exception(self, trainer: Trainer, module: LightningModule, exception: BaseException) -> None:
        """Likewise."""
        self._open.close()

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Tells and asks.

        Raises:
            Pruned: this run is to end.
            ConfigError: no validation has that score.
        """
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        scores = {n.removeprefix("val/"): float(v) for n, v in trainer.callback_metrics.items() if n[:4] == "val/"}
        name = self._monitor.removeprefix("val/")
        if name not in scores:
            raise ConfigError(f"hydra/sweeper/pruner: {unknown('score of a validation', name, scores)}")
        ends = False
        if self._trial is not None:
            self._trial.report(scores[name], self._validations)
            ends = self._trial.should_prune()
        self._validations += 1
        if trainer.strategy.broadcast(ends):
            raise Pruned(scores, self._validations)
