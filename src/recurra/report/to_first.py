"""How a row of the leader table stands to the first one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from recurra.sweeps.bootstrap import Difference

HUGE = 1e5  # from here on a score is told in four digits


@final
@dataclass(frozen=True)
class ToFirst:
    """How much better than the first one a standing is; negative where it is worse, whichever way the score goes.

    Attributes:
        to_first: by how much.
        low, high: the middle 95 % of what it is over other choices of the validation rows.
        rows: of the validation split.
        pairs: of runs with the same seed and fold, both of which left answers.
        runs: of the standing that has more of them; fewer pairs are told.
        won, lost: pairs in which this one's run is better, or worse, than the first one's.
        mixed: whether the rows tell the two apart, and not every pair says the same.
    """

    to_first: float
    low: float
    high: float
    rows: int
    pairs: int
    runs: int
    won: int
    lost: int
    mixed: bool

    @property
    def told(self) -> str:
        """`-0.0151 [-0.0430, +0.0024]`."""
        return f"{signed(self.to_first)} {self.interval}"

    @property
    def interval(self) -> str:
        """`[-0.0430, +0.0024]`."""
        return f"[{signed(self.low)}, {signed(self.high)}]"

    def remarks(self, words: Callable[[str], str]) -> list[str]:
        """What must stand beside the interval, so that it is not trusted too far.

        Args:
            words: puts a phrase into the reader's language.
        """
        found = []
        if self.pairs < self.runs:
            found.append(words("{pairs} of {runs} runs").format(pairs=self.pairs, runs=self.runs))
        if self.mixed:
            found.append(words("better in {won} of {pairs} pairs").format(won=self.won, pairs=self.pairs))
        return found


def to_first(first: Difference, runs: int) -> ToFirst:
    """The same difference, seen from the other side.

    Args:
        first: how much better the first one is.
        runs: of the one of the two that has more.
    """
    better, low, high = (0 - value for value in (first.better, first.high, first.low))  # 0 has no sign
    return ToFirst(better, low, high, first.rows, first.pairs, runs, first.lost, first.won, first.mixed)


def signed(value: float) -> str:
    """Four decimals with a sign; four digits of what is huge."""
    return f"{value:+.4f}" if abs(value) < HUGE else f"{value:+.4g}"
