"""Ctrl-C and SIGTERM stop a run between two batches, with a checkpoint."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer


class Interrupted(Exception):
    """Training was asked to stop; `checkpoint` holds where it stood.

    Not a KeyboardInterrupt: Lightning would answer that one by leaving the process.
    """

    def __init__(self, signum: int, checkpoint: Path) -> None:
        self.signal = signal.Signals(signum).name
        super().__init__(f"stopped by {self.signal}")
        self.checkpoint = checkpoint


class Interruption(Callback):
    """Notes the first signal, lets the batch end, saves `last.ckpt` and raises `Interrupted`.

    A second Ctrl-C does what it always does. Signals that come while there is no training (reading data, the final
    test) are left alone.

    Args:
        dirpath: folder of the checkpoints.
    """

    def __init__(self, dirpath: Path) -> None:
        self._file = Path(dirpath) / "last.ckpt"
        self._received: int | None = None
        self._handlers: dict[int, Any] = {}

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Takes the signals over; only a process's main thread may."""
        if threading.current_thread() is threading.main_thread():
            for signum in (signal.SIGINT, signal.SIGTERM):
                self._handlers[signum] = signal.signal(signum, self._note)

    def on_train_batch_end(self, trainer: Trainer, module: LightningModule, *args: Any) -> None:
        """Stops here if a signal came; after an epoch's last batch its validation comes first.

        Lightning would leave that validation out when it resumes, and the best checkpoint might be another.
        """
        if not trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            self._stop_if_asked(trainer)

    def on_train_epoch_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Stops here if a signal came in validation."""
        self._stop_if_asked(trainer)

    def on_train_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Gives the signals back."""
        self._give_back()

    def on_exception(self, trainer: Trainer, module: LightningModule, exception: BaseException) -> None:
        """Gives the signals back."""
        self._give_back()

    def _note(self, signum: int, frame: FrameType | None) -> None:
        if self._received is not None and signum == signal.SIGINT:
            raise KeyboardInterrupt
        self._received = signum

    def _stop_if_asked(self, trainer: Trainer) -> None:
        if self._received is not None:
            trainer.save_checkpoint(self._file)
            raise Interrupted(self._received, self._file)

    def _give_back(self) -> None:
        for signum, handler in self._handlers.items():
            signal.signal(signum, handler)
        self._handlers.clear()
