"""Where training stands, on the disk."""

import math
import os
import time
from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from recurra.run_files import LAST, PREVIOUS
from recurra.types import PositiveFloat, PositiveInt


class LastCheckpoint(Checkpoint):
    """Writes `last.ckpt` at the end of epochs, and inside them every so many steps or minutes; keeps the one before.

    Lightning's ModelCheckpoint can do one of the three, and writes its last one only where the best one changed.

    Args:
        dirpath: folder of the checkpoints.
        every_n_epochs: how often, at the end of an epoch.
        every_n_steps: how often inside an epoch, in optimizer steps.
        every_n_minutes: how often inside an epoch, in minutes.
    """

    def __init__(
        self,
        dirpath: str | Path,
        *,
        every_n_epochs: PositiveInt = 1,
        every_n_steps: PositiveInt | None = None,
        every_n_minutes: PositiveFloat | None = None,
    ) -> None:
        self._folder = Path(dirpath)
        self._every_n_epochs = every_n_epochs
        self._every_n_steps = every_n_steps
        self._seconds = math.inf if every_n_minutes is None else 60 * every_n_minutes
        self._written = time.monotonic()

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Starts the clock."""
        self._written = time.monotonic()

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Writes if it is time; all ranks go by the first one's clock."""
        if not can_go_on_from(trainer, batch_idx):
            return
        due = self._every_n_steps is not None and trainer.global_step % self._every_n_steps == 0
        if self._seconds < math.inf:
            due |= bool(trainer.strategy.broadcast(time.monotonic() - self._written >= self._seconds))
        if due:
            self._write(trainer)

    def on_train_epoch_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Writes after the validation of every so many epochs."""
        if (trainer.current_epoch + 1) % self._every_n_epochs == 0:
            self._write(trainer)

    def _write(self, trainer: Trainer) -> None:
        write_last(trainer, self._folder)
        self._written = time.monotonic()


def write_last(trainer: Trainer, folder: Path) -> None:
    """Writes `last.ckpt`; what stood there becomes `previous.ckpt`. At any moment a whole `last.ckpt` stands there.

    Loggers write first, so that nothing that was logged before the checkpoint is lost with the process.
    """
    for logger in trainer.loggers:
        logger.save()
    draft = folder / "next.ckpt"
    trainer.save_checkpoint(draft)
    if trainer.is_global_zero:
        last = folder / LAST
        if last.exists():
            _keep(last, folder / PREVIOUS)
        os.replace(draft, last)


def _keep(last: Path, previous: Path) -> None:
    """A second name for the file, not another one: who looks for the first meanwhile finds it."""
    previous.unlink(missing_ok=True)
    try:
        os.link(last, previous)
    except OSError:  # not every file system has second names
        os.replace(last, previous)


def can_go_on_from(trainer: Trainer, batch_idx: int) -> bool:
    """Whether a training that is resumed after this batch of an epoch goes on as if it had never stopped.

    Not between the batches of one optimizer step, whose gradients no checkpoint holds, and not before a validation,
    which Lightning would leave out.
    """
    if (batch_idx + 1) % trainer.accumulate_grad_batches or trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
        return False
    epoch = trainer.check_val_every_n_epoch
    every = trainer.val_check_batch
    if not every or math.isinf(every) or (epoch is not None and (trainer.current_epoch + 1) % epoch):
        return True
    number = batch_idx if epoch is not None else trainer.fit_loop.epoch_loop.total_batch_idx
    return (number + 1) % int(every) > 0
