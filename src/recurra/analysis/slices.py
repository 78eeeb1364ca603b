"""Scores of rows that are alike: short or long ones, those with few or many unknown words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.analysis.answers import Answers
from recurra.analysis.resampling import interval, resamples
from recurra.tasks.tally import Tally

SLICES = 5


@final
@dataclass(frozen=True)
class Slice:
    """Rows between two values of something.

    Attributes:
        first, last: the least and the greatest value among them.
        rows: how many they are.
        score: of them alone; NaN where they have nothing to score.
        low, high: the middle 95 % of what it is over other choices of the rows.
    """

    first: float
    last: float
    rows: int
    score: float
    low: float
    high: float


def slices(answers: Answers, score: str, by: Literal["length", "unknown"]) -> list[Slice]:
    """About five slices with equally many rows, in the order of their values.

    A value stands in one slice only; where there are few, each has its own. So has, of the shares of unknown tokens, 0.

    Args:
        answers: of a run.
        score: one of its scores, such as the one that it is watched by.
        by: length in tokens, or share of unknown tokens.

    Returns:
        None of them where rows have no such value, or do not add up to the score.
    """
    tally = answers.tally(score)
    if tally is None or by not in answers.columns:
        return []
    return sliced(answers.columns[by], tally, apart=(0.0,) if by == "unknown" else ())


def sliced(values: ArrayLike, tally: Tally, apart: tuple[float, ...] = ()) -> list[Slice]:
    """The slices of rows by any value of theirs.

    Args:
        values: (N,) of each row.
        tally: how they are scored.
        apart: values that have a slice of their own.
    """
    of_rows = np.asarray(values, dtype=np.float64)
    draw = np.random.default_rng(0)
    found = []
    for chosen in _cut(of_rows, apart):
        own = tally.parts[chosen]
        with np.errstate(all="ignore"):
            drawn = [tally.score(often @ own) for often in resamples(len(own), draw)]
            low, high = interval(np.concatenate(drawn))
            score = float(tally.score(own.sum(axis=0)))
        first, last = float(of_rows[chosen].min()), float(of_rows[chosen].max())
        found.append(Slice(first, last, len(own), score, low, high))
    return found


def _cut(values: NDArray[np.float64], apart: tuple[float, ...]) -> Iterator[NDArray[np.bool_]]:
    """(N,) the rows of each slice."""
    alone = [value for value in apart if (values == value).any()]
    others = values[~np.isin(values, alone)]
    count = max(1, round(SLICES * len(others) / len(values)))
    ends = np.unique(others)
    if len(ends) > count:
        ends = np.unique(np.quantile(others, np.arange(1, count + 1) / count, method="inverted_cdf"))
    before = -np.inf
    for end in sorted([*alone, *ends]):
        yield (values > before) & (values <= end)
        before = end
