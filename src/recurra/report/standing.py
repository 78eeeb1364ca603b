"""A row of the leader table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from recurra.report.runs import Run
from recurra.report.to_first import HUGE, ToFirst
from recurra.sweeps.repeats import FOLD


@final
@dataclass(frozen=True)
class Standing:
    """Runs that chance alone tells apart; all figures are means over them.

    Attributes:
        name: what differs from the others of its comparison.
        runs: by number in the comparison.
        score: that all are ranked by, of the validation split.
        sd: its standard deviation, with n - 1; None for a single run.
        test, test_sd: the same score of the test split, which nothing is ranked by.
        scores: the other ones of the validation split.
        seconds, tokens_per_second: of training.
        parameters: of the model.
        rows: of the validation split, or what its scores are means over.
        difference: of its score to the first one's, or why it is not known; None for the first.
    """

    name: str
    runs: Sequence[Run]
    score: float
    sd: float | None
    test: float | None
    test_sd: float | None
    scores: Mapping[str, float]
    seconds: float
    tokens_per_second: float
    parameters: float
    rows: float
    difference: ToFirst | str | None

    @property
    def spread(self) -> str:
        """The score as a table tells it: `0.9120 ± 0.0071`."""
        return spread(self.score, self.sd)

    @property
    def test_spread(self) -> str:
        """The test score so; empty where there is none."""
        return "" if self.test is None else spread(self.test, self.test_sd)

    @property
    def own(self) -> str:
        """The score of each run with what it is repeated by: `seed 0: 0.9040`."""
        return ", ".join(f"{repeated(run)}: {figure(run.results.score)}" for run in self.runs)

    @property
    def middle(self) -> Run:
        """The run whose score is in the middle, to look at more closely; of two the lower one."""
        return sorted(self.runs, key=lambda run: run.results.score)[(len(self.runs) - 1) // 2]


def repeated(run: Run) -> str:
    """What tells a run from the others of its standing: `seed 0`, or `seed 0, fold 2` where there are folds."""
    return ", ".join(f"{key.rpartition('.')[2]} {run.repeat[key]}" for key in ("seed", FOLD) if key in run.repeat)


def spread(mean: float, sd: float | None) -> str:
    """`0.9120 ± 0.0071`."""
    return figure(mean) if sd is None else f"{figure(mean)} ± {figure(sd)}"


def figure(value: float) -> str:
    """Four decimals, as scores have them; four digits of what is as huge as a loss that ran away."""
    return f"{value:.4f}" if abs(value) < HUGE else f"{value:.4g}"
