"""One line a batch, for trainings so small that each of them can be read."""

import logging
from typing import Any, final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.module import SequenceModule
from recurra.types import Batch

log = logging.getLogger("recurra")

_SCORES = ("accuracy", "perplexity")
_COLUMNS = ("gold", "predicted")


@final
class StepLines(Callback):
    """Says of every batch of training the loss that the weights learn from, and, without dropout and before they do,
    its scores, what its rows are and what they are taken for. A language model is asked without what came before the
    batch. With several ranks the loss is the first one's share.
    """

    def __init__(self) -> None:
        self._answered = ""

    def on_train_batch_start(self, trainer: Trainer, module: LightningModule, batch: Batch, batch_idx: int) -> None:
        """Lets the model answer."""
        assert isinstance(module, SequenceModule)
        answers = module.task.collector()
        modes = {part: part.training for part in module.modules()}
        module.eval()
        with torch.no_grad():
            module.answer(batch._replace(continues=None), answers)
        for part, mode in modes.items():
            part.training = mode
        gathered = answers.gather()
        scores, columns = module.task.evaluate(gathered).scores, module.task.columns(gathered)
        said = [f"{name} {scores[name]:.3f}" for name in _SCORES if name in scores]
        said += [f"{name} {' '.join(map(str, columns[name]))}" for name in _COLUMNS if name in columns]
        self._answered = "  ".join(said)

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Says one line."""
        loss = outputs["own"]
        log.info("batch %d  train/loss %.4f  %s", batch_idx + 1, loss, self._answered)
