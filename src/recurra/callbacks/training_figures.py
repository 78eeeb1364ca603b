"""How training goes, for whoever watches it."""

from collections.abc import Mapping
from typing import Any, final

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from recurra.callbacks.throughput import Throughput
from recurra.module import SequenceModule
from recurra.types import Batch


@final
class TrainingFigures(Callback):
    """Logs, beside the loss and as often (Lightning's own monitor of learning rates would write rows of its own):

    - `train/lr`: the learning rate;
    - `train/grad_norm`: of all gradients together, before they are clipped, and `train/grad_norm/PART`, of the
      embedding, the encoder, the task's head and of what is asked beside it (`gradient_flow` looks at single steps of
      texts);
    - `train/tokens_per_second`: real tokens of this process since it was last told, and `train/padding_share` of them;

    and after every epoch `train/loss_epoch`, the mean over its batches.

    Args:
        throughput: counts tokens and time; stands before this one among the callbacks.
    """

    def __init__(self, throughput: Throughput) -> None:
        self._throughput = throughput
        self._tokens, self._room, self._seconds = 0, 0, 0.0
        self._loss: float | torch.Tensor = 0.0
        self._batches = 0
        self._is_told = False

    def state_dict(self) -> dict[str, Any]:
        """The losses of an epoch that has begun."""
        return {"loss": float(self._loss), "batches": self._batches}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from `state`."""
        self._loss, self._batches = state["loss"], state["batches"]

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """What was counted before counts no more."""
        self._begin_anew()

    def on_before_optimizer_step(self, trainer: Trainer, module: LightningModule, optimizer: Optimizer) -> None:
        """Logs the learning rate and the norms."""
        assert isinstance(module, SequenceModule)
        self._is_told = module.is_told()
        if not self._is_told:
            return
        self._log(module, {"train/lr": float(optimizer.param_groups[0]["lr"])})
        norms: dict[str, torch.Tensor] = {}
        counted: set[torch.nn.Parameter] = set()
        for name, part in module.named_children():
            own = [weight for weight in part.parameters() if weight not in counted]
            counted.update(own)  # an output may share the embedding's weights
            if gradients := [weight.grad for weight in own if weight.grad is not None]:
                norms[f"train/grad_norm/{name}"] = get_total_norm(gradients)
        if norms:
            norms["train/grad_norm"] = get_total_norm(list(norms.values()))
            self._log(module, norms)

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Counts the batch, and logs what has been since it was last told."""
        self._loss = self._loss + outputs["own"]
        self._batches += 1
        self._room += batch.inputs.shape[0] * batch.inputs.shape[1]
        if not self._is_told:
            return
        self._is_told = False  # until the next step, which may take several batches
        tokens = self._throughput.tokens - self._tokens
        seconds = self._throughput.step_seconds - self._seconds
        figures = {"train/padding_share": 1 - tokens / max(self._room, 1)}
        if seconds > 0:
            figures["train/tokens_per_second"] = tokens / seconds
        self._log(module, figures)
        self._begin_anew()

    def on_train_epoch_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Logs the mean loss, at once: a signal may end the run before Lightning would."""
        if not self._batches:
            return
        mean = trainer.strategy.reduce(torch.as_tensor(self._loss / self._batches), reduce_op="mean")
        figures = {"train/loss_epoch": float(mean), "epoch": trainer.current_epoch}
        for logger in trainer.loggers:
            logger.log_metrics(figures, step=trainer.global_step - 1)  # as Lightning counts at the end of an epoch
        self._loss, self._batches = 0.0, 0

    def _log(self, module: LightningModule, figures: Mapping[str, float | torch.Tensor]) -> None:
        module.log_dict(figures, on_step=True, on_epoch=False, batch_size=1)

    def _begin_anew(self) -> None:
        self._tokens, self._seconds, self._room = self._throughput.tokens, self._throughput.step_seconds, 0
