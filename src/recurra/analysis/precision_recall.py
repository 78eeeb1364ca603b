"""What precision each class has at which recall, whatever the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional.classification import binary_average_precision, binary_precision_recall_curve

_POINTS = 100


@final
@dataclass(frozen=True)
class Curve:
    """One class against all others.

    Attributes:
        label: of the class.
        rows: that have it.
        average_precision: the area under the whole curve, in steps.
        recall, precision: (P,) of at most 100 of its points, recall ascending.
    """

    label: str
    rows: int
    average_precision: float
    recall: list[float]
    precision: list[float]


def precision_recall(probabilities: NDArray[np.float64], gold: NDArray[np.bool_], labels: Sequence[str]) -> list[Curve]:
    """The curve of each class that occurs.

    Args:
        probabilities: (N, C) of each class.
        gold: (N, C) which of them apply.
        labels: (C,) their names.
    """
    return [
        _curve(label, torch.from_numpy(chances.copy()), torch.from_numpy(own.astype(np.int64)))
        for label, chances, own in zip(labels, probabilities.T, gold.T, strict=True)
        if own.any()
    ]


def _curve(label: str, chances: torch.Tensor, gold: torch.Tensor) -> Curve:
    precision, recall, _ = binary_precision_recall_curve(chances, gold)
    # From the highest threshold on; the point that torchmetrics puts before it, at which nothing is told, is left out.
    precisions, recalls = precision.numpy()[-2::-1], recall.numpy()[-2::-1]
    reached = np.linspace(recalls[0], 1, _POINTS)
    # Of the points of like recall the first one, whose precision is the highest.
    kept = np.unique(np.minimum(np.searchsorted(recalls, reached - 1e-9), len(recalls) - 1))
    average = float(binary_average_precision(chances, gold))
    return Curve(label, int(gold.sum()), average, recalls[kept].tolist(), precisions[kept].tolist())
