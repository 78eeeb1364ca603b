"""A number."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torchmetrics.functional.regression import r2_score

from recurra.data.base import Classes
from recurra.errors import DataError
from recurra.tasks.answer import Answer
from recurra.tasks.answering import Answering
from recurra.tasks.base import Evaluation
from recurra.tasks.head import HeadInit
from recurra.tasks.labels import place
from recurra.tasks.tally import Tally, mean
from recurra.types import Batch, Example, Share, Targets


@final
@dataclass(frozen=True)
class Estimate(Answer):
    """The number for one text.

    Attributes:
        value: the number.
    """

    value: float

    @property
    def label(self) -> str:
        """All of its digits."""
        return repr(self.value)

    def shown(self, text: str) -> str:
        return f"{self.value:.4g}\t{text}"

    def record(self) -> dict[str, Any]:
        return {"value": self.value}

    def cells(self) -> dict[str, Any]:
        return self.record()


@final
class Regression(Answering):
    """One number for a text or sequence; a long text's is the mean over its windows.

    Args:
        labels: none.
        features_size: width of what the head sees.
        dropout: before the head.
        init: how the head is drawn, see `Head`.
    """

    classes: ClassVar[Classes] = "none"
    targets: ClassVar[Targets] = "values"
    unit: ClassVar[str] = "squared error"
    joined: ClassVar[tuple[str, ...]] = ("rows", "values", "targets")
    monitor: str = "val/loss"
    mode: ClassVar[Literal["min", "max"]] = "min"

    def __init__(
        self, labels: Sequence[str], features_size: int, *, dropout: Share = 0.0, init: HeadInit = "xavier"
    ) -> None:
        super().__init__(labels, features_size, 1, dropout, init)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        return np.array([_number(example) for example in examples], dtype=np.float32).reshape(-1, 1)

    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        total = torch.zeros(rows, 1, device=logits.device).index_add_(0, windows, logits.float())
        return total / torch.bincount(windows, minlength=rows).unsqueeze(1)

    def outputs(self, logits: Tensor) -> Tensor:
        return logits.float()

    def decide(self, outputs: Tensor) -> list[Estimate]:
        return [Estimate(value) for value in outputs.flatten().tolist()]

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        return {"rows": batch.rows, "values": self.outputs(logits), "targets": batch.targets}

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """The mean squared error, its root, the mean absolute error, and the share of the variance explained.

        The last one is 0 where there is none to explain: for a single row, or rows that all have the same number.
        """
        values, targets = answers["values"].flatten().double(), answers["targets"].flatten().double()
        loss = float(functional.mse_loss(values, targets))
        varied = bool((targets != targets[0]).any())
        scores = {
            "loss": loss,
            "rmse": math.sqrt(loss),
            "mae": float(functional.l1_loss(values, targets)),
            "r2": float(r2_score(values, targets)) if varied else 0.0,
        }
        return Evaluation(scores, {"rows": len(targets)}, [], None, answers)

    def columns(self, answers: Mapping[str, Tensor]) -> dict[str, list[Any]]:
        return {
            "row": answers["rows"].tolist(),
            "gold": answers["targets"].flatten().tolist(),
            "predicted": answers["values"].flatten().tolist(),
        }

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        errors = np.subtract(columns["predicted"], columns["gold"])
        return {"loss": mean(errors**2), "mae": mean(abs(errors))}.get(score)


def _number(example: Example) -> float:
    """The number that a row is labelled with.

    Raises:
        DataError: it has none.
    """
    came = " and ".join(map(repr, example.labels)) or "nothing"
    try:
        (label,) = example.labels
        number = float(label)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(
            f"{place(example)}: {came} came for a label, and task=regression expects one number. "
            "Correct the row, take it out, or use task=classification."
        )
    return number
