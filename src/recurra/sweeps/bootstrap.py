"""Whether two groups of runs differ by more than the choice of validation rows explains."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import final

import numpy as np

from recurra.analysis.answers import ANSWERS, Answers, answers_rows, read_answers
from recurra.analysis.paired import by_place, paired
from recurra.errors import DataError
from recurra.run_config import read_config
from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record
from recurra.sweeps.repeats import Group
from recurra.tasks.tally import Tally

_TOLD = ("row", "text", "gold")  # what must be the same in both runs of a pair
_NO_ANSWERS = "their rows have no answers of their own"
MIXED = "these rows tell them apart, and other seeds or folds may not"
"""What is said where the interval excludes 0 and some pair of runs says otherwise."""


class Incomparable(Exception):
    """There is nothing to draw anew; the message says why."""


@final
@dataclass(frozen=True)
class Difference:
    """How much better one group is than another.

    Attributes:
        better: by how much, in the objective's own unit; negative if it is worse.
        low, high: the middle 95 % of what it is over other choices of the rows.
        rows: validation rows.
        pairs: of runs.
        won, lost: pairs in which the run of the first is better, or worse. Only rows are drawn anew, no seeds: this
            tells of them.
    """

    better: float
    low: float
    high: float
    rows: int
    pairs: int
    won: int
    lost: int

    @property
    def mixed(self) -> bool:
        """Whether the rows tell the two apart, and not every pair of runs says the same."""
        return (self.low > 0 and self.won < self.pairs) or (self.high < 0 and self.lost < self.pairs)

    def told(self, first: str, second: str, objective: str) -> str:
        """A sentence for a person who knows the two by these names."""
        if self.better < 0:
            turned = Difference(-self.better, -self.high, -self.low, self.rows, self.pairs, self.lost, self.won)
            return turned.told(second, first, objective)
        pairs = f", and better in {self.won} of {self.pairs} pairs of runs" if self.pairs > 1 else ""
        if self.low <= 0:
            apart = "these rows do not tell them apart"
        else:
            apart = MIXED if self.mixed else "these rows tell them apart"
        told = f"better than {second} by {self.better:.4f}" if self.better else f"no better than {second} in"
        return (
            f"{first} is {told} {objective} (95 % interval {self.low:z.4f} to {self.high:z.4f}, over {self.rows} "
            f"validation rows{pairs}): {apart}"
        )


def difference(first: Group, second: Group, objective: Objective, seed: int = 0) -> Difference:
    """The paired bootstrap over validation rows (Efron and Tibshirani 1993, section 13.3: percentiles).

    Rows are drawn with replacement. A text that stands in several runs, of other seeds or folds, is drawn for all of
    them together. A run's score is had again from the rows drawn, a group's is the mean over its runs, and only runs
    with a partner of the same seed and fold are counted, both of which left their answers.

    Raises:
        Incomparable: the objective is no score of rows, or the rows of the two are not the same.
    """
    pairs = _pairs(first, second)
    answers = [(_answers(one.folder), _answers(other.folder)) for one, other in pairs]
    if any(one.columns.get(name) != other.columns.get(name) for one, other in answers for name in _TOLD):
        raise Incomparable("they were validated on different rows")
    texts = [one.columns.get("text") or one.columns["row"] for one, _ in answers]
    units = {text: place for place, text in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    tallies = []
    for pair, both, own in zip(pairs, answers, texts, strict=True):
        places = [units[text] for text in own]
        first_run, second_run = (
            by_place(_tally(told, objective.name, record.values[0]), places, len(units))
            for record, told in zip(pair, both, strict=True)
        )
        tallies.append((first_run, second_run) if objective.direction == "maximize" else (second_run, first_run))
    found = paired(tallies, seed)
    won, lost = int((found.higher > 0).sum()), int((found.higher < 0).sum())
    return Difference(found.mean, found.low, found.high, len(units), len(pairs), won, lost)


def _pairs(first: Group, second: Group) -> list[tuple[Record, Record]]:
    partners = {second.repeat(record): record for record in second.finished}
    pairs = [(one, partners[first.repeat(one)]) for one in first.finished if first.repeat(one) in partners]
    if not pairs:
        raise Incomparable("no run of the one has the seed and the fold of a run of the other")
    bare = {record.folder: without for pair in pairs for record in pair if (without := unanswered(record.folder))}
    kept = [pair for pair in pairs if not any(record.folder in bare for record in pair)]
    if not kept:
        raise Incomparable(next(iter(bare.values())))
    return kept


def unanswered(folder: Path) -> str:
    """Why the rows of a run have no answers; empty where they have."""
    if (folder / ANSWERS).is_file():
        return ""
    return f"{folder} has no {ANSWERS}" if answers_rows(read_config(folder)) else _NO_ANSWERS


def _answers(folder: Path) -> Answers:
    try:
        answers = read_answers(folder)
    except DataError as error:
        raise Incomparable(f"{folder} is unreadable: {error}") from error
    if answers is None:
        raise Incomparable(_NO_ANSWERS)
    return answers


def _tally(answers: Answers, score: str, expected: float) -> Tally:
    """What gives the score that the run had, for any choice of its rows."""
    tally = answers.tally(score)
    if tally is None or not np.isclose(tally.score(tally.parts.sum(axis=0)), expected, rtol=1e-3, atol=1e-4):
        raise Incomparable(f"{score} cannot be had from answers row by row")
    return tally
