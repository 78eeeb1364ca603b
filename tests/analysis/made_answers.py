"""Answers that nobody gave."""

from typing import Any

from made_sweep import answered

from recurra.analysis.answers import Answers
from recurra.tasks import Binary, Classification, Task

YES_OR_NO = answered(["yes", "yes", "no", "no"], ["yes", "no", "no", "yes"])
"""Two of four right, each told with a probability of 0.9."""


def answers(task: type[Task] = Classification, **columns: Any) -> Answers:
    """Rows numbered from 0, as a file of this task has them."""
    return Answers({"row": list(range(len(columns["gold"]))), **columns}, task.tally)


def by_probability(gold: str, positive: list[float]) -> Answers:
    """Of a binary task with the labels n and y: `gold` a letter a row, and the probability of y."""
    return answers(
        Binary,
        gold=list(gold),
        predicted=["y" if p >= 0.5 else "n" for p in positive],
        probabilities=[{"n": 1 - p, "y": p} for p in positive],
    )
