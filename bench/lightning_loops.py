"""Recurra's training under Lightning, without it, and Lightning with nothing to train."""

import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CSVLogger
from torch import Tensor, nn
from torch.utils.data import DataLoader

from recurra import build
from recurra.callbacks import Interruption, LastCheckpoint, RandomState, Throughput
from recurra.signals import Signals
from recurra.types import Batch


class Bare(nn.Module):
    """Recurra's model without Lightning."""

    def __init__(self, built: Any) -> None:
        super().__init__()
        self.embedding, self.encoder, self.task, self.loss = built.embedding, built.encoder, built.task, built.loss

    def training_loss(self, batch: Batch) -> Tensor:
        encoding = self.encoder(self.embedding(batch.inputs), batch.lengths)
        return self.loss(self.task.head, self.task.features(encoding), batch.targets)


def bare_seconds(
    model: nn.Module, settings: dict[str, Any], loader: DataLoader[Batch], count: int
) -> tuple[float, int]:
    """Seconds and tokens of a plain loop over our own batches; the loader's work is in it."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    began, read = 0.0, 0
    for number, batch in enumerate(islice(iter(loader), count + 1)):
        optimizer.zero_grad()
        model.training_loss(batch).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if number == 0:
            began = time.perf_counter()
        else:
            read += int(batch.lengths.sum())
    return time.perf_counter() - began, read


class Watch(Callback):
    """The time from the end of the first batch to that of the last."""

    def __init__(self) -> None:
        self.began, self.seconds, self.tokens, self.steps = 0.0, 0.0, 0, 0

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, index: int
    ) -> None:
        if index == 0:
            self.began = time.perf_counter()
            return
        self.seconds = time.perf_counter() - self.began
        self.steps = index
        self.tokens += int(batch.lengths.sum()) if isinstance(batch, Batch) else 0


def short(settings: dict[str, Any], count: int) -> dict[str, Any]:
    """The settings for so many batches after a first that warms up, and no validation."""
    limits = {"limit_train_batches": count + 1, "max_epochs": 1, "limit_val_batches": 0}
    return {**settings, "trainer": {**settings["trainer"], **limits}}


def ours(settings: dict[str, Any], built: LightningModule, made: Any, count: int) -> Watch:
    """The run that recurra-train makes, for so many batches."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        callbacks: list[Callback] = [RandomState(), Throughput(), LastCheckpoint(folder)]
        callbacks += [Interruption(Signals(), Path(folder)), watch]
        logger = CSVLogger(folder, name="", version="")
        build.trainer(short(settings, count), Path(folder), callbacks, [logger], count).fit(built, made)
    return watch


class Empty(LightningModule):
    """Nothing but one number to learn."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def training_step(self, batch: Any) -> Tensor:
        return self.weight * 1.0

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def empty_step(settings: dict[str, Any], count: int) -> float:
    """Seconds of a step of an empty LightningModule under the same Trainer."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        trainer = build.trainer(short(settings, count), Path(folder), [watch], [], count)
        trainer.fit(Empty(), DataLoader(range(count + 1), batch_size=None))  # type: ignore[arg-type]
    return watch.seconds / watch.steps
