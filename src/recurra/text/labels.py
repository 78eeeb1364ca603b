"""The labels of rows."""

from collections import Counter
from collections.abc import Iterable

from recurra.types import Example


def label_set(examples: Iterable[Example]) -> list[str]:
    """Every label, sorted: by value where all are numbers, else by name."""
    labels = {label for example in examples for label in example.labels}
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels)


def label_counts(examples: Iterable[Example]) -> dict[str, int]:
    """How many rows have each label, by the labels' names."""
    return dict(sorted(Counter(label for row in examples for label in set(row.labels)).items()))


def tag_counts(examples: Iterable[Example]) -> dict[str, int]:
    """How many words have each tag, by the tags' names."""
    return dict(sorted(Counter(tag for row in examples for tag in row.labels).items()))
