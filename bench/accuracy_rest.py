"""The rows of a data set that are in no test of bench/accuracy.py."""

import csv
from collections.abc import Sequence
from pathlib import Path

from workload import config

from recurra import build
from recurra.types import Example


def write_rest(path: Path, splits: Sequence[Sequence[str]]) -> str:
    """Writes them as CSV, in the order of the source.

    Args:
        path: of the file.
        splits: the overrides of each split.

    Returns:
        A line for a person.
    """
    rows: dict[Example, None] = {}
    tested: set[Example] = set()
    for overrides in splits:
        parts = build.datamodule(config(*overrides)).corpus.splits  # type: ignore[attr-defined]
        rows |= dict.fromkeys(row for part in parts.values() for row in part)
        tested |= set(parts["test"])
    rest = sorted(rows.keys() - tested, key=lambda row: (row.source, row.line))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", "text"])
        writer.writerows((*row.labels, row.text) for row in rest)
    return f"{path}: {len(rest)} rows; {len(tested)} others are tested on"
