"""Ctrl-C and SIGTERM stop a run between two batches, with a checkpoint."""

from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from recurra.callbacks.last_checkpoint import can_go_on_from, write_last
from recurra.signals import Signals

_AGREE_EVERY = 10  # batches; asking all ranks costs a moment, on GPUs a synchronisation


class Interrupted(Exception):
    """The run was asked to stop, and where it stood is saved.

    Not a KeyboardInterrupt: Lightning would answer that one by leaving the process.
    """


class Interruption(Checkpoint):
    """Lets the batch end at which a signal comes, saves `last.ckpt` and raises `Interrupted`.

    In validation and test after training there is nothing left to save. A checkpoint callback, since Lightning calls
    these last: the epoch's best checkpoint is written before.

    Args:
        signals: what notes them.
        dirpath: folder of the checkpoints.
    """

    def __init__(self, signals: Signals, dirpath: Path) -> None:
        self._signals = signals
        self._folder = Path(dirpath)

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """From here on a signal waits; Lightning has put a handler of its own in place meanwhile."""
        self._wait()

    def on_validation_start(self, trainer: Trainer, module: LightningModule) -> None:
        """The same for the validation after training."""
        self._wait()

    def on_test_start(self, trainer: Trainer, module: LightningModule) -> None:
        """The same for the test."""
        self._wait()

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Stops here if a signal came, unless a validation comes first; several ranks agree every few batches."""
        if trainer.world_size > 1 and (batch_idx + 1) % _AGREE_EVERY:
            return
        if can_go_on_from(trainer, batch_idx) and self._asked(trainer):
            self._stop(trainer)

    def on_train_epoch_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Stops here if a signal came in validation."""
        if self._asked(trainer):
            self._stop(trainer)

    def on_validation_batch_end(self, trainer: Trainer, module: LightningModule, *args: Any) -> None:
        """Stops here after training; ranks, which may have unequally many batches, stop at the end."""
        if self._signals.received and trainer.state.fn != "fit" and trainer.world_size == 1:
            raise Interrupted

    def on_test_batch_end(self, trainer: Trainer, module: LightningModule, *args: Any) -> None:
        """Stops here; ranks, which may have unequally many batches, stop at the end."""
        if self._signals.received and trainer.world_size == 1:
            raise Interrupted

    def on_train_end(self, trainer: Trainer, module: LightningModule) -> None:
        """A signal no longer waits."""
        self._signals.deferred = False

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Stops here inside an epoch; after training a signal no longer waits."""
        self._signals.deferred = trainer.state.fn == "fit"
        if not self._signals.deferred:
            self._raise_if_asked(trainer)
        inside = self._signals.deferred and not trainer.fit_loop.epoch_loop.batch_progress.is_last_batch
        if inside and not trainer.sanity_checking and self._asked(trainer):
            self._stop(trainer)

    def on_test_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Stops here; a signal no longer waits."""
        self._signals.deferred = False
        self._raise_if_asked(trainer)

    def on_exception(self, trainer: Trainer, module: LightningModule, exception: BaseException) -> None:
        """A signal no longer waits."""
        self._signals.deferred = False

    def _wait(self) -> None:
        self._signals.take_over()
        self._signals.deferred = True

    def _asked(self, trainer: Trainer) -> bool:
        received = self._signals.received is not None
        return received if trainer.world_size == 1 else trainer.strategy.reduce_boolean_decision(received, all=False)

    def _raise_if_asked(self, trainer: Trainer) -> None:
        if self._asked(trainer):
            raise Interrupted

    def _stop(self, trainer: Trainer) -> None:
        write_last(trainer, self._folder)
        raise Interrupted
