"""Recurra's training under Lightning, and without it."""

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CSVLogger, Logger
from step import step_of
from torch import Tensor, nn
from torch.utils.data import DataLoader

from recurra import build
from recurra.callbacks import Interruption, LastCheckpoint, RandomState, Throughput
from recurra.signals import Signals
from recurra.types import Batch


def prepare() -> None:
    """Lightning says nothing, and numbers next to zero are zero, as in a run."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    torch.set_flush_denormal(True)


class Bare(nn.Module):
    """Recurra's model without Lightning."""

    def __init__(self, built: Any) -> None:
        super().__init__()
        self.embedding, self.encoder, self.task, self.loss = built.embedding, built.encoder, built.task, built.loss

    def forward(self, batch: Batch) -> Tensor:
        """The training loss."""
        encoding = self.encoder(self.embedding(batch.inputs), batch.lengths)
        loss: Tensor = self.loss(self.task.head, self.task.features(encoding, batch), batch.targets)
        return loss


def bare_seconds(
    model: nn.Module, settings: dict[str, Any], loader: DataLoader[Batch], count: int
) -> tuple[float, int]:
    """Seconds and tokens of a plain loop over our own batches; the loader's work is in it."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    step, began, read = step_of(model, model, optimizer), 0.0, 0
    for number, batch in enumerate(islice(iter(loader), count + 1)):
        step(batch)
        if number == 0:
            began = time.perf_counter()
        else:
            read += int(batch.lengths.sum())
    return time.perf_counter() - began, read


class Watch(Callback):
    """When each batch ended, and the tokens of all but the first."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.tokens = 0

    @property
    def seconds(self) -> float:
        """From the end of the first batch to that of the last."""
        return self.times[-1] - self.times[0]

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, index: int
    ) -> None:
        self.times.append(time.perf_counter())
        if index and isinstance(batch, Batch):
            self.tokens += int(batch.lengths.sum())


def short(settings: dict[str, Any], count: int) -> dict[str, Any]:
    """The settings for so many batches after a first that warms up, and no validation."""
    limits = {"limit_train_batches": count + 1, "max_epochs": 1, "limit_val_batches": 0}
    return {**settings, "trainer": {**settings["trainer"], **limits}}


def usual(folder: Path) -> list[Logger]:
    """The logger of every run."""
    return [CSVLogger(folder, name="", version="")]


def attached(folder: Path) -> list[Callback]:
    """The callbacks of every run."""
    return [RandomState(), Throughput(), LastCheckpoint(folder), Interruption(Signals(), folder)]


def trained(
    settings: dict[str, Any],
    built: LightningModule,
    source: Any,
    count: int,
    bare: bool = False,
    more: Sequence[Callback] = (),
    loggers: Callable[[Path], list[Logger]] = usual,
) -> Watch:
    """So many batches under the Trainer of recurra-train, with the callbacks and the logger of its runs unless bare."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        callbacks, told = ([], []) if bare else (attached(Path(folder)), loggers(Path(folder)))
        trainer = build.trainer(short(settings, count), Path(folder), [*callbacks, *more, watch], told, count)
        trainer.fit(built, source)
    return watch
