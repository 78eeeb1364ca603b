"""Gathers the answers for a split over batches and ranks."""

from typing import NamedTuple

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat


class GatheredAnswers(NamedTuple):
    """The answers for a whole split, rows ascending.

    Attributes:
        rows: (rows,) their numbers in the split.
        probabilities: (rows, C).
        targets: (rows, ...).
        loss: the mean of the rows' losses.
    """

    rows: Tensor
    probabilities: Tensor
    targets: Tensor
    loss: float


class Answers(Metric):
    """Row numbers, probabilities and targets of a whole split, and the sum of its losses.

    torchmetrics gathers them from all ranks, so that every row counts once however it was batched.
    """

    full_state_update = False
    rows: list[Tensor]
    probabilities: list[Tensor]
    targets: list[Tensor]
    loss: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name in ("rows", "probabilities", "targets"):
            self.add_state(name, default=[], dist_reduce_fx="cat")
        self.add_state("loss", default=torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")

    def update(self, rows: Tensor, probabilities: Tensor, targets: Tensor, losses: Tensor) -> None:
        """Adds a batch: (B,), (B, C), (B, ...) and (B,)."""
        self.rows.append(rows)
        self.probabilities.append(probabilities)
        self.targets.append(targets)
        self.loss += losses.double().sum()

    def compute(self) -> Tensor:
        """The mean loss."""
        return self.loss / sum(len(rows) for rows in self.rows)

    def gather(self) -> GatheredAnswers:
        """Everything, from all ranks.

        `compute` would not do: torchmetrics squeezes what it returns, and a split of one row would lose its shape.
        """
        with self.sync_context():
            rows = dim_zero_cat(self.rows)
            order = rows.argsort()
            return GatheredAnswers(
                rows[order].cpu(),
                dim_zero_cat(self.probabilities)[order].cpu(),
                dim_zero_cat(self.targets)[order].cpu(),
                float(self.loss) / len(rows),
            )
