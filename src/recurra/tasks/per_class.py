"""Precision, recall and F1 of every class."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torchmetrics.functional.classification import (
    multilabel_f1_score,
    multilabel_precision,
    multilabel_recall,
)


def per_class(labels: Sequence[str], predicted: Tensor, gold: Tensor) -> list[dict[str, Any]]:
    """A row a class: label, precision, recall, f1, support.

    Args:
        predicted, gold: (rows, C) bits; for single-label tasks one bit a row.
    """
    count = len(labels)
    options: dict[str, Any] = {"num_labels": count, "average": "none"}
    columns = [
        metric(predicted.int(), gold.int(), **options).reshape(count).tolist()
        for metric in (multilabel_precision, multilabel_recall, multilabel_f1_score)
    ]
    support = gold.sum(0).int().tolist()
    return [
        {"label": label, "precision": p, "recall": r, "f1": f, "support": n}
        for label, p, r, f, n in zip(labels, *columns, support, strict=True)
    ]


def of_counts(
    labels: Sequence[str], right: Sequence[int], predicted: Sequence[int], gold: Sequence[int]
) -> list[dict[str, Any]]:
    """A row a class, as `per_class`, from how often each was predicted rightly, predicted, and true."""
    return [
        {"label": label, "precision": r / max(p, 1), "recall": r / max(g, 1), "f1": 2 * r / max(p + g, 1), "support": g}
        for label, r, p, g in zip(labels, right, predicted, gold, strict=True)
    ]


def macro(rows: Sequence[dict[str, Any]], score: str) -> float:
    """The mean of a score over the classes that occur in the gold labels or were predicted."""
    counted = [row[score] for row in rows if row["support"] or row["precision"] or row["f1"]]
    return sum(counted) / len(counted) if counted else 0.0
