"""How long training takes, and how many real tokens it reads each second."""

import time
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.types import Batch


class Throughput(Callback):
    """Counts tokens, padding left out, and time; a resumed run counts on from its checkpoint.

    Attributes:
        tokens: real tokens of all training batches of this process.
        step_seconds: what training steps took: from each epoch's start to its last batch, validation left out.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self.step_seconds = 0.0
        self._mark = 0.0
        self._before = 0.0
        self._began: float | None = None

    @property
    def tokens_per_second(self) -> float:
        """Of training steps; zero before the first."""
        return self.tokens / self.step_seconds if self.step_seconds else 0.0

    @property
    def seconds(self) -> float:
        """Of training so far, validation and checkpoints included."""
        return self._before + (0.0 if self._began is None else time.monotonic() - self._began)

    def state_dict(self) -> dict[str, Any]:
        """The figures so far."""
        return {"tokens": self.tokens, "step_seconds": self.step_seconds, "seconds": self.seconds}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Counts on from `state`."""
        self.tokens, self.step_seconds, self._before = state["tokens"], state["step_seconds"], state["seconds"]

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Starts the clock."""
        self._began = time.monotonic()

    def on_fit_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Stops the clock."""
        self._before, self._began = self.seconds, None

    def on_exception(self, trainer: Trainer, module: LightningModule, exception: BaseException) -> None:
        """Stops the clock."""
        self._before, self._began = self.seconds, None

    def on_train_epoch_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Starts the steps' clock."""
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
            self.step_seconds += now - self._mark
        self._mark = now
        if trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            self._mark = 0.0
