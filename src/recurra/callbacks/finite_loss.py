"""A training whose loss is no number any more ends."""

from typing import Any, final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from recurra.errors import TrainingError

_LOOK_EVERY = 50  # batches; looking waits for a GPU


@final
class FiniteLoss(Callback):
    """Looks at every loss, and now and then at what was seen: weights that are no numbers never become any again."""

    def __init__(self) -> None:
        self._finite: torch.Tensor | None = None

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Ends the training of all ranks where this one's loss is infinite or none.

        Raises:
            TrainingError: saying since when, and what helps.
        """
        seen = torch.isfinite(outputs["loss"].detach())
        self._finite = seen if self._finite is None else self._finite & seen
        if seen.device.type == "cpu" or (batch_idx + 1) % _LOOK_EVERY == 0 or trainer.is_last_batch:
            self._look(trainer, batch_idx)

    def _look(self, trainer: Trainer, batch_idx: int) -> None:
        if self._finite is None or bool(self._finite):
            return
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        raise TrainingError(
            f"The training loss is no finite number any more, in epoch {trainer.current_epoch + 1}, batch "
            f"{batch_idx + 1}, at a learning rate of {rate:.3g}. Lower optimizer.lr, or give "
            "trainer.gradient_clip_val=1; in half precision: trainer.precision=bf16-mixed."
        )
