"""Scores as functions of sums over rows, so that they can be had again for any choice of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Parts = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Tally:
    """A score of rows.

    Attributes:
        parts: (N, S) what each row adds to the sums.
        score: the scores (...) of sums (..., S); NaN where there is nothing to score.
    """

    parts: Parts
    score: Callable[[Parts], Parts]


def mean(values: ArrayLike, counts: ArrayLike = 1.0) -> Tally:
    """The mean over all that rows count.

    Args:
        values: (N,) of each row; summed up where it counts several things.
        counts: (N,) how many.
    """
    totals = np.asarray(values, dtype=np.float64)
    return Tally(np.stack([totals, np.broadcast_to(np.asarray(counts), totals.shape)], axis=1), _ratio_of_sums)


def f1_macro(predicted: ArrayLike, gold: ArrayLike) -> Tally:
    """The mean of F1 over the classes that occur in gold, as `per_class.macro` has it.

    Args:
        predicted, gold: (N, C) bits.
    """
    counts = [np.asarray(part, dtype=np.float64) for part in (predicted, gold)]
    return Tally(np.concatenate([counts[0] * counts[1], *counts], axis=1), _f1_macro_of_sums)


def f1_micro(right: ArrayLike, predicted: ArrayLike, gold: ArrayLike) -> Tally:
    """F1 over everything that is predicted, whatever its class.

    Args:
        right, predicted, gold: (N,) how often in each row.
    """
    columns = [np.asarray(part, dtype=np.float64) for part in (right, predicted, gold)]
    return Tally(np.stack([2 * columns[0], columns[1] + columns[2]], axis=1), _ratio_of_sums)


def bits(rows: Sequence[Sequence[Any]], classes: Sequence[Any]) -> NDArray[np.bool_]:
    """(N, C) which of the classes stand in each row."""
    return np.array([[label in row for label in classes] for row in rows], dtype=bool).reshape(len(rows), len(classes))


def _ratio_of_sums(sums: Parts) -> Parts:
    return _ratio(sums[..., 0], sums[..., 1])


def _f1_macro_of_sums(sums: Parts) -> Parts:
    right, predicted, gold = np.split(sums, 3, axis=-1)
    f1 = np.where(gold > 0, 2 * right / np.maximum(predicted + gold, 1), 0)
    return _ratio(f1.sum(-1), (gold > 0).sum(-1))


def _ratio(above: Parts, below: Parts) -> Parts:
    return np.asarray(np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0))
