"""A training that had stopped early does not go on."""

import logging

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping

log = logging.getLogger("recurra")


class EarlyStopped(Callback):
    """Ends a resumed training at once where early stopping had ended it before; Lightning would train one more epoch.

    So a run that was stopped in its final test ends as it would have.
    """

    def on_fit_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Looks at what was restored."""
        for callback in trainer.early_stopping_callbacks:
            assert isinstance(callback, EarlyStopping)
            if callback.stopped_epoch and callback.wait_count >= callback.patience:
                trainer.should_stop = True
                log.info(
                    "Training had stopped early, after epoch %d. To train on: callbacks.early_stopping=null",
                    callback.stopped_epoch + 1,
                )
