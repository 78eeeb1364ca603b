"""What Lightning and Recurra add to a training step, where the model itself costs next to nothing.

Under the Trainer and in a plain loop the same is trained; the difference is what the Trainer adds, once to an empty
LightningModule and once to Recurra's module with its data, schedule, callbacks and logger. Steps take a millisecond,
and the machine's own noise is as large: of each way the fastest round is told, and of a round the median step.
"""

import statistics
import time
from functools import partial
from itertools import islice, pairwise
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning_loops import Bare, trained
from step import step_of
from torch import Tensor, nn
from torch.utils.data import DataLoader
from workload import module

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


def middle(times: list[float]) -> float:
    return statistics.median(later - sooner for sooner, later in pairwise(times))


def plain(model: Any, loader: DataLoader[Batch]) -> float:
    """Seconds of a step of a plain loop, the loader's work in it."""
    step, times = step_of(model, model, descent(model.parameters())), []
    for batch in islice(iter(loader), STEPS):
        step(batch)
        times.append(time.perf_counter())
    return middle(times)


def step_cost(settings: dict[str, Any], made: Any) -> dict[str, float]:
    """One round of all four ways, in seconds."""
    nothing: DataLoader[Any] = DataLoader(range(STEPS + 1), batch_size=None)  # type: ignore[arg-type]
    return {
        "empty, plain": plain(Empty(), nothing),
        "empty": middle(trained(settings, Empty(), nothing, STEPS, bare=True).times),
        "ours, plain": plain(Bare(deaf(settings, made)), made.train_dataloader()),
        "ours": middle(trained(settings, deaf(settings, made), made, STEPS).times),
    }
