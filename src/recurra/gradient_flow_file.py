"""gradient_flow.csv: how large the derivatives at the states were, whenever they were looked at."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from recurra.whole_file import whole_file

GRADIENT_FLOW = "gradient_flow.csv"


class Norm(NamedTuple):
    """One row.

    Attributes:
        step: optimizer steps before it.
        layer: from 0, the lowest.
        direction: `forward` or `backward`.
        t: place of the token in its text, from 0.
        norm: mean over the texts that have a step t.
    """

    step: int
    layer: int
    direction: str
    t: int
    norm: float


def begin(file: Path, reached: int) -> None:
    """Begins the file, or goes on with it: rows from step `reached` on were lost with their process and come again."""
    kept = [row for row in read(file) if row.step < reached] if file.exists() else []
    with whole_file(file) as draft:
        draft.write_text(",".join(Norm._fields) + "\n", encoding="utf-8")
        append(draft, kept)


def append(file: Path, rows: Iterable[Norm]) -> None:
    """Adds rows."""
    with open(file, "a", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows((*row[:-1], f"{row.norm:.6g}") for row in rows)


def read(file: Path) -> list[Norm]:
    """All rows; one that a kill cut short is left out."""
    with open(file, encoding="utf-8", newline="") as opened:
        _, *rows = csv.reader(opened)
    return [
        Norm(int(step), int(layer), direction, int(t), float(norm))
        for step, layer, direction, t, norm in (row for row in rows if len(row) == len(Norm._fields) and row[-1])
    ]
