"""The paired bootstrap: by how much one score is higher than another, and what that is over other choices of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from recurra.analysis.resampling import interval, resamples
from recurra.tasks.tally import Tally


@final
@dataclass(frozen=True)
class Paired:
    """How much higher the first scores of pairs are than the second ones.

    Attributes:
        higher: (P,) in each pair.
        low, high: the middle 95 % of what their mean is over other choices of the rows.
    """

    higher: NDArray[np.float64]
    low: float
    high: float

    @property
    def mean(self) -> float:
        """Over the pairs."""
        return float(self.higher.mean().round(12))


def paired(pairs: Sequence[tuple[Tally, Tally]], seed: int = 0) -> Paired:
    """Draws the rows of all scores together.

    Args:
        pairs: two scores each; row n of every tally is the same text, or nothing where a score does not count it.
        seed: of what is drawn.
    """
    rows, draw = len(pairs[0][0].parts), np.random.default_rng(seed)
    own = _higher(np.ones((1, rows)), pairs)[:, 0].round(12)  # equal scores differ by 0
    # A small fold may have none of its rows drawn: then the others speak.
    drawn = [np.nanmean(_higher(often, pairs), axis=0) for often in resamples(rows, draw)]
    return Paired(own, *interval(np.concatenate(drawn)))


def by_place(tally: Tally, places: Sequence[int], count: int) -> Tally:
    """The tally with `count` rows, row n of `tally` added to the one at `places[n]`."""
    parts = np.zeros((count, tally.parts.shape[1]))
    np.add.at(parts, places, tally.parts)
    return replace(tally, parts=parts)


def _higher(often: NDArray[np.float64], pairs: Sequence[tuple[Tally, Tally]]) -> NDArray[np.float64]:
    """(P, R) in each pair with each row counted (R, N) so often."""
    tallies = [tally for pair in pairs for tally in pair]
    # One product for all: it takes its time to read how often.
    sums = often @ np.concatenate([tally.parts for tally in tallies], axis=1)
    ends = np.cumsum([tally.parts.shape[1] for tally in tallies])
    of_each = np.split(sums, ends[:-1], axis=1)
    scores = np.stack([tally.score(own) for tally, own in zip(tallies, of_each, strict=True)])
    return np.asarray(scores[::2] - scores[1::2])
