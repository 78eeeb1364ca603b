"""How many real tokens are trained on each second."""

import time
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.types import Batch


class Throughput(Callback):
    """Counts tokens, padding left out, and the time that training steps take, validation left out.

    Attributes:
        tokens: real tokens of all training batches of this process.
        seconds: the time from each epoch's start to its last batch.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self.seconds = 0.0
        self._mark = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Zero before the first step."""
        return self.tokens / self.seconds if self.seconds else 0.0

    def on_train_epoch_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Starts the clock."""
        self._mark = time.perf_counter()

    def on_train_batch_end(
        self,
        trainer: Trainer,
        module: LightningModule,
        outputs: Any,
        batch: Batch,
        batch_idx: int,
    ) -> None:
        """Counts a batch."""
        self.tokens += int(batch.lengths.sum())
        now = time.perf_counter()
        if self._mark:
            self.seconds += now - self._mark
        self._mark = now
        if trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            self._mark = 0.0
