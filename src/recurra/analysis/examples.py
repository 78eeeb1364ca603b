"""Validation rows to look at: the worst, and some at random."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from recurra.analysis.answers import Answers


@final
@dataclass(frozen=True)
class AnsweredRow:
    """A row with its answer.

    Attributes:
        row: its number in the split.
        text: as it was read; empty where the data is no text.
        gold, predicted: a label, several in one string, or a number's digits.
        probabilities: of each label, the likeliest first; empty where the answer has none.
        loss: see `Answers.losses`; NaN where it is not known.
    """

    row: int
    text: str
    gold: str
    predicted: str
    probabilities: Mapping[str, float]
    loss: float


def worst(answers: Answers, count: int) -> list[AnsweredRow]:
    """The rows with the greatest loss, that one first; none where it is not known of rows."""
    if answers.losses is None:
        return []
    return _rows(answers, np.argsort(-answers.losses, kind="stable")[:count].tolist())


def at_random(answers: Answers, count: int, seed: int = 0) -> list[AnsweredRow]:
    """Rows drawn without replacement, in their order; the same ones for runs with the same rows."""
    drawn = np.random.default_rng(seed).permutation(len(answers))[:count]
    return _rows(answers, sorted(drawn.tolist()))


def _rows(answers: Answers, chosen: Iterable[int]) -> list[AnsweredRow]:
    columns, losses = answers.columns, answers.losses
    texts, probabilities = columns.get("text"), columns.get("probabilities")
    return [
        AnsweredRow(
            row=columns["row"][place],
            text="" if texts is None else texts[place],
            gold=_told(columns["gold"][place]),
            predicted=_told(columns["predicted"][place]),
            probabilities={} if probabilities is None else _likeliest_first(probabilities[place]),
            loss=math.nan if losses is None else float(losses[place]),
        )
        for place in chosen
    ]


def _told(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    return " | ".join(answer) if isinstance(answer, list) else f"{answer:.6g}"


def _likeliest_first(probabilities: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(probabilities.items(), key=lambda item: -item[1]))
