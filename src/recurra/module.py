"""The one LightningModule."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer

from recurra.nn.carried_state import CarriedState
from recurra.nn.encoders.base import Encoder
from recurra.nn.losses.base import Loss
from recurra.nn.schedulers import Schedule
from recurra.tasks.answers import Answers
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.neighbours import Neighbours
from recurra.types import Batch, Encoding


class SchedulerFactory(Protocol):
    """Makes the schedules of an optimizer for a training of `total_steps` steps."""

    def __call__(self, optimizer: Optimizer, total_steps: int) -> list[Schedule]: ...


class SequenceModule(LightningModule):
    """embedding -> encoder -> head -> loss, and the answers for each split.

    Args:
        embedding: (N, T) or (N, T, F) -> (N, T, E).
        encoder: (N, T, E) -> Encoding.
        task: features, head, scores.
        loss: of training; the loss that is told of a split is the task's own log loss.
        optimizer: a factory, called with the parameters.
        scheduler: a factory of learning rate schedules.
        card: what a checkpoint carries beside the weights, in plain containers (`checkpoint.py`).

    Attributes:
        auxiliary: what training asks beside the task, if anything; a finished model is without it.
    """

    def __init__(
        self,
        embedding: nn.Module,
        encoder: Encoder,
        task: Task,
        loss: Loss,
        optimizer: Callable[..., Optimizer],
        scheduler: SchedulerFactory,
        card: dict[str, Any],
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.encoder = encoder
        self.task = task
        self.loss = loss
        self.auxiliary: Neighbours | None = None
        self.card = card
        self.evaluations: dict[str, Evaluation] = {}
        self._optimizer = optimizer
        self._scheduler = scheduler
        self._answers = task.collector()
        self._carried = {True: CarriedState(), False: CarriedState()}  # in training, and else

    @property
    def size(self) -> int:
        """How many numbers it has learnt to answer with."""
        return sum(weight.numel() for part in (self.embedding, self.encoder, self.task) for weight in part.parameters())

    def encode(self, batch: Batch) -> Encoding:
        """States and summaries of every sequence, from where the batch before ended if the batch says so."""
        x = self.embedding(batch.inputs)
        if batch.continues is None:
            encoding: Encoding = self.encoder(x, batch.lengths)
            return encoding
        carried = self._carried[self.training]
        encoding = self.encoder(x, batch.lengths, carried.before(batch.continues))
        assert encoding.state is not None
        carried.after(encoding.state)
        return encoding

    def features(self, batch: Batch) -> Tensor:
        """What the head sees: (N, S), or (M, D) where every step is asked."""
        return self.task.features(self.encode(batch), batch)

    def forward(self, batch: Batch) -> Tensor:
        """Logits, a row a target."""
        return self.task.logits(self.features(batch), batch)

    def training_loss(self, batch: Batch) -> Tensor:
        """What training makes small for the task's sake, of this batch alone."""
        return self._loss_of(self.encode(batch), batch)

    def _loss_of(self, encoding: Encoding, batch: Batch) -> Tensor:
        features = self.task.features(encoding, batch)
        if len(batch.targets):
            loss: Tensor = self.loss(self.task.head, features, batch.targets)
        else:  # a rank whose streams have ended before those of the others has nothing to learn from
            loss = self.task.head(features).sum() * 0.0
        if self.loss.l2:
            loss = loss + self.loss.penalty(self.named_parameters())
        return loss

    def training_step(self, batch: Batch) -> dict[str, Tensor]:
        """`loss`, that is made small, and of it the task's `own`."""
        encoding = self.encode(batch)
        loss = self._shared(self._loss_of(encoding, batch), len(batch.targets))
        losses = {"train/loss": loss}
        if self.auxiliary is not None:
            losses["train/auxiliary"] = self._shared(*self.auxiliary(encoding, batch.inputs, batch.lengths))
        if self.is_told():
            for name, part in losses.items():
                several = self.trainer.world_size > 1
                self.log(name, part, prog_bar=part is loss, batch_size=len(batch.rows), sync_dist=several)
        return {"loss": torch.stack(list(losses.values())).sum(), "own": loss.detach()}

    def _shared(self, loss: Tensor, targets: int) -> Tensor:
        """Gradients are averaged over ranks: weighted so, their mean is that over all targets, however shared."""
        ranks = self.trainer.world_size
        if ranks == 1:
            return loss
        own = torch.tensor(float(targets), device=loss.device)
        total = self.trainer.strategy.reduce(own.clone(), reduce_op="sum")
        return loss * (ranks * own / total.clamp(min=1))

    def is_told(self) -> bool:
        """Whether loggers write after this batch, or it ends its epoch: `self.log` takes as long as a small model."""
        trainer = self.trainer
        written = (trainer.global_step + 1) % max(trainer.log_every_n_steps, 1) == 0  # type: ignore[attr-defined]
        ends = trainer.fit_loop.epoch_loop.batch_progress.is_last_batch
        return written or ends or trainer.should_stop or bool(trainer.fast_dev_run)  # type: ignore[attr-defined]

    def answer(self, batch: Batch, answers: Answers) -> None:
        """Adds what the task keeps of a batch to `answers`."""
        answers.update(**self.task.answers(self(batch), batch))

    def validation_step(self, batch: Batch) -> None:
        self.answer(batch, self._answers)

    def test_step(self, batch: Batch) -> None:
        self.answer(batch, self._answers)

    def on_validation_epoch_end(self) -> None:
        self._conclude("val", "validation", tuned=True)

    def on_test_epoch_end(self) -> None:
        self._conclude("test", "test", tuned=False)

    def _conclude(self, prefix: str, split: str, *, tuned: bool) -> None:
        answers = self._answers.gather()
        self._answers.reset()
        if tuned:
            self.task.tune(answers)
        evaluation = self.task.evaluate(answers)
        self.evaluations[split] = evaluation
        scores = {f"{prefix}/{name}": torch.tensor(score) for name, score in evaluation.scores.items()}
        # All ranks hold the same gathered numbers, so there is nothing left to reduce.
        self.log_dict(scores, rank_zero_only=False, sync_dist=False, batch_size=1)

    def configure_optimizers(self) -> tuple[list[Optimizer], list[Any]]:
        optimizer = self._optimizer([weight for weight in self.parameters() if weight.requires_grad])
        schedules = self._scheduler(optimizer, int(self.trainer.estimated_stepping_batches))
        return [optimizer], [
            {
                "scheduler": schedule.scheduler,
                "interval": schedule.interval,
                "monitor": self.task.monitor if schedule.monitored else None,
                "strict": False,  # an epoch may have no validation
            }
            for schedule in schedules
        ]

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["recurra"] = self.card
        checkpoint["carried"] = self._carried[True].state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self._carried[True].load_state_dict(checkpoint.get("carried", {"ranks": []}))
