"""The bootstrap: what a score is over other choices of rows (Efron and Tibshirani 1993, section 13.3: percentiles)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
_CELLS = 4_000_000  # counts of rows held at once


def resamples(rows: int, draw: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """(R, N) how often each of N rows is drawn when N are, with replacement; `RESAMPLES` times in all, in parts."""
    size = max(1, _CELLS // rows)
    for begin in range(0, RESAMPLES, size):
        count = min(size, RESAMPLES - begin)
        drawn = draw.integers(rows, size=(count, rows)) + rows * np.arange(count)[:, None]
        yield np.bincount(drawn.ravel(), minlength=count * rows).reshape(count, rows).astype(np.float64)


def interval(scores: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95 % of (R,) scores; those that are NaN do not count."""
    if np.isnan(scores).all():
        return np.nan, np.nan
    low, high = np.nanpercentile(scores, (2.5, 97.5))
    return float(low), float(high)
