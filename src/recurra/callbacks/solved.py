"""Training ends when there is nothing left to learn."""

import logging
from typing import Any, final

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.data.level import Level
from recurra.errors import ConfigError

log = logging.getLogger("recurra")


@final
class Solved(Callback):
    """Ends training after the first validation that counts as solved; a resumed one that had ended so at once.

    Args:
        level: what counts as solved.

    Raises:
        ConfigError: the data does not say.

    Attributes:
        steps: after how many it was solved; None before.
    """

    def __init__(self, level: Level | None) -> None:
        if level is None:
            raise ConfigError(
                "callbacks=solved: this data does not say what counts as solved. "
                "Use callbacks=default, or data=adding, data=copy or data=temporal_order."
            )
        self._level = level
        self.steps: int | None = None

    def state_dict(self) -> dict[str, Any]:
        """After how many steps it was solved."""
        return {"steps": self.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state`."""
        self.steps = state["steps"]

    def on_fit_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Looks at what was restored."""
        if self.steps is not None:
            trainer.should_stop = True

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Looks at what was scored."""
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        value = float(trainer.callback_metrics[f"val/{self._level.metric}"])
        if self._level.reached(value):
            self.steps = trainer.global_step
            trainer.should_stop = True
            log.info("solved after %d steps: val/%s %.4g", self.steps, self._level.metric, value)
