"""Gathers the answers for a split over batches and ranks."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat


class Answers(Metric):
    """What a task keeps of every batch of a split, joined or summed over batches and ranks.

    torchmetrics gathers it from all ranks, so that every row counts once however it was batched.

    Args:
        joined: names of tensors whose first dimensions are joined; `rows`, if it is one of them, gives their order.
        summed: names of numbers that are added up.
    """

    full_state_update = False

    def __init__(self, joined: Sequence[str], summed: Sequence[str]) -> None:
        super().__init__()
        self._joined, self._summed = tuple(joined), tuple(summed)
        for name in self._joined:
            self.add_state(name, default=[], dist_reduce_fx="cat")
        for name in self._summed:
            self.add_state(name, default=torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")

    def update(self, **parts: Tensor) -> None:
        """Adds a batch, every part under its name."""
        for name in self._joined:
            getattr(self, name).append(parts[name])
        for name in self._summed:
            setattr(self, name, getattr(self, name) + parts[name].double())

    def compute(self) -> Tensor:
        """Nothing: torchmetrics squeezes what it returns, and a split of one row would lose its shape."""
        return torch.zeros(())

    def gather(self) -> dict[str, Tensor]:
        """Everything from all ranks, on the CPU; what is joined in ascending order of `rows`."""
        with self.sync_context():
            joined = {name: dim_zero_cat(getattr(self, name)) for name in self._joined}
            if "rows" in joined:  # a row's steps stand in one batch and in their order
                order = joined["rows"].argsort(stable=True)
                joined = {name: part[order] for name, part in joined.items()}
            summed = {name: getattr(self, name).clone() for name in self._summed}
        return {name: part.cpu() for name, part in {**joined, **summed}.items()}
