"""From label names to numbers."""

from collections.abc import Sequence

from recurra.errors import DataError, did_you_mean
from recurra.types import Example


def numbers(example: Example, index: dict[str, int]) -> list[int]:
    """The numbers of an example's labels.

    Raises:
        DataError: a label that is not in `index`.
    """
    for label in example.labels:
        if label not in index:
            raise DataError(
                f"{place(example)}: label {label!r} does not stand in the training data."
                f"{did_you_mean(label, index)} Its labels: {', '.join(list(index)[:20])}. "
                "Correct the row, or take it out."
            )
    return [index[label] for label in example.labels]


def single(examples: Sequence[Example], index: dict[str, int]) -> list[int]:
    """One number a row.

    Raises:
        DataError: a row with no label or with several.
    """
    found = []
    for example in examples:
        if len(example.labels) != 1:
            came = f"{len(example.labels)} labels ({', '.join(example.labels)})" if example.labels else "no label"
            raise DataError(
                f"{place(example)}: {came}; this task expects one a text. For a tag for each word: task=tagging; for "
                "several labels a text: task=multilabel."
            )
        found.extend(numbers(example, index))
    return found


def place(example: Example) -> str:
    """`file:line`, as far as known."""
    return f"{example.source or 'text'}:{example.line}" if example.line else (example.source or "a text")
