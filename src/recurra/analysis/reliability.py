"""How often answers are right that were given with the same confidence."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from recurra.tasks.calibration import BINS


@final
@dataclass(frozen=True)
class Bin:
    """Answers of like confidence.

    Attributes:
        low, high: between which it lies: low <= confidence < high; 1 is in the last bin.
        rows: how many they are.
        confidence: their mean; NaN where there are none.
        right: the share that is right; NaN where there are none.
    """

    low: float
    high: float
    rows: int
    confidence: float
    right: float


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    """The bins of the calibration error (Guo et al. 2017, section 2), a point each of the reliability diagram.

    The error is the mean of |confidence - right| over them, each as often as it has rows.

    Args:
        confidence: (N,) the probability of the answer given.
        right: (N,) whether it was right.
    """
    edges = np.linspace(0, 1, BINS + 1)
    places = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, BINS - 1)
    rows = np.bincount(places, minlength=BINS)
    with np.errstate(invalid="ignore"):
        stated, so = (np.bincount(places, weights=part, minlength=BINS) / rows for part in (confidence, right))
    return [
        Bin(float(edges[n]), float(edges[n + 1]), int(rows[n]), float(stated[n]), float(so[n])) for n in range(BINS)
    ]
