"""One line an epoch, for a terminal, a pipe and train.log alike."""

import logging
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.callbacks.throughput import Throughput

log = logging.getLogger("recurra")


class EpochLines(Callback):
    """Says after every validation how training stands.

    Args:
        monitor: the metric that the best epoch is chosen by; the best so far is marked.
        mode: whether a low or a high value is better.
        clock: how long training has taken.
    """

    def __init__(self, monitor: str, mode: str, clock: Throughput) -> None:
        self._monitor = monitor
        self._sign = 1 if mode == "max" else -1
        self._best = float("-inf")
        self._clock = clock

    def state_dict(self) -> dict[str, Any]:
        """The best value so far."""
        return {"best": self._best}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state`."""
        self._best = state["best"]

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Says one line."""
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        shown = [f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"]
        if "train/loss" in metrics:
            shown.append(f"train/loss {metrics['train/loss']:.3f}")
        shown += [
            f"{name} {metrics[name]:.3f}"
            for name in dict.fromkeys(("val/loss", "val/accuracy", "val/perplexity", self._monitor))
            if name in metrics
        ]
        value = self._sign * metrics.get(self._monitor, float("-inf"))
        mark = "  best so far" if value > self._best else ""
        self._best = max(self._best, value)
        log.info("%s  %.0f s%s", "  ".join(shown), self._clock.seconds, mark)
