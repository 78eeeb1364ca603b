"""What was taken for what."""

import numpy as np

from recurra.analysis.answers import Answers


def confusion(answers: Answers) -> list[list[int]] | None:
    """(C, C) counts, gold by predicted, in the order of the labels; None where a text has not exactly one of them."""
    if not answers.exclusive:
        return None
    number = {label: place for place, label in enumerate(answers.labels)}
    counts = np.zeros((len(number), len(number)), dtype=np.int64)
    gold, predicted = ([number[label] for label in answers.columns[name]] for name in ("gold", "predicted"))
    np.add.at(counts, (gold, predicted), 1)
    rows: list[list[int]] = counts.tolist()
    return rows
