"""What Lightning and Recurra add to a training step, where the model itself costs next to nothing.

Under the Trainer and in a plain loop the same is trained; the difference is what the Trainer adds, once to an empty
LightningModule and once to Recurra's module with its data, schedule, callbacks and logger. Steps take a millisecond,
and the machine's own noise is as large: of each way the fastest round is told, and of a round the median step.
"""

import statistics
import tempfile
import time
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning_loops import Bare, attached, short
from torch import Tensor, nn
from torch.utils.data import DataLoader
from workload import module

from recurra import build
from recurra.module import SequenceModule
from recurra.types import Batch, Encoding

STEPS = 100
descent = partial(torch.optim.SGD, lr=0.1)


class Empty(LightningModule):
    """Nothing but one number to learn."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, batch: Any) -> Tensor:
        return self.weight * 1.0

    def training_step(self, batch: Any) -> Tensor:
        loss: Tensor = self(batch)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return descent(self.parameters())


class Deaf(nn.Module):
    """An encoder that answers without reading."""

    summary_size = 1

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor, lengths: Tensor) -> Encoding:
        return Encoding(x, self.weight.expand(len(lengths), 1))


def deaf(settings: dict[str, Any], made: Any) -> SequenceModule:
    """Recurra's module around it."""
    built = module(settings, made)
    task = type(built.task)(built.task.labels, Deaf.summary_size)
    return SequenceModule(nn.Identity(), Deaf(), task, built.loss, descent, built._scheduler, {})  # type: ignore[arg-type]


class Ends(Callback):
    """When each step ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_batch_end(self, *_: Any) -> None:
        self.times.append(time.perf_counter())


def middle(times: list[float]) -> float:
    return statistics.median(later - sooner for sooner, later in pairwise(times))


def plain(model: Any, loader: DataLoader[Batch]) -> float:
    """Seconds of a step of a plain loop, the loader's work in it."""
    optimizer, times = descent(model.parameters()), []
    for batch in islice(iter(loader), STEPS):
        optimizer.zero_grad()
        model(batch).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append(time.perf_counter())
    return middle(times)


def trained(settings: dict[str, Any], built: LightningModule, source: Any, with_ours: bool) -> float:
    """Seconds of a step under the Trainer."""
    with tempfile.TemporaryDirectory() as folder:
        ends = Ends()
        callbacks, loggers = attached(Path(folder)) if with_ours else ([], [])
        trainer: Trainer = build.trainer(short(settings, STEPS), Path(folder), [*callbacks, ends], loggers, STEPS)
        trainer.fit(built, source)
    return middle(ends.times)


def step_cost(settings: dict[str, Any], made: Any) -> dict[str, float]:
    """One round of all four ways, in seconds."""
    nothing: DataLoader[Any] = DataLoader(range(STEPS + 1), batch_size=None)  # type: ignore[arg-type]
    return {
        "empty, plain": plain(Empty(), nothing),
        "empty": trained(settings, Empty(), nothing, with_ours=False),
        "ours, plain": plain(Bare(deaf(settings, made)), made.train_dataloader()),
        "ours": trained(settings, deaf(settings, made), made, with_ours=True),
    }
