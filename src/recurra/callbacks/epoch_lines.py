"""One line an epoch, for a terminal, a pipe and train.log alike."""

import logging
import time

from lightning.pytorch import Callback, LightningModule, Trainer

log = logging.getLogger("recurra")


class EpochLines(Callback):
    """Says after every validation how training stands.

    Args:
        monitor: the metric that the best epoch is chosen by; the best so far is marked.
        mode: whether a low or a high value is better.
    """

    def __init__(self, monitor: str, mode: str) -> None:
        self._monitor = monitor
        self._sign = 1 if mode == "max" else -1
        self._best = float("-inf")
        self._began = 0.0

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Starts the clock."""
        self._began = time.monotonic()

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
            for name in dict.fromkeys(("val/loss", "val/accuracy", self._monitor))
            if name in metrics
        ]
        value = self._sign * metrics.get(self._monitor, float("-inf"))
        mark = "  best so far" if value > self._best else ""
        self._best = max(self._best, value)
        log.info("%s  %.0f s%s", "  ".join(shown), time.monotonic() - self._began, mark)
