"""What a run does well and badly, from the files of its folder."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from recurra import gradient_flow_file
from recurra.analysis.answers import read_answers
from recurra.analysis.confusion import confusion
from recurra.analysis.examples import AnsweredRow, at_random, worst
from recurra.analysis.precision_recall import Curve, precision_recall
from recurra.analysis.reliability import Bin, reliability
from recurra.analysis.slices import Slice, slices
from recurra.gradient_flow_file import GRADIENT_FLOW
from recurra.gradient_flow_picture import by_distance
from recurra.pictures import curves
from recurra.report.runs import Run

_WORST, _RANDOM = 15, 10  # rows
_POINTS = 300  # of a learning curve
_LOOKS, _DISTANCES = 40, 200  # of a gradient flow: steps at which it was looked at, tokens

_DAMAGED = (ValueError, TypeError, LookupError, csv.Error)  # what reading figures from a torn or edited file raises

Points = list[tuple[int, float]]


@final
@dataclass(frozen=True)
class Flow:
    """How far back the loss is felt, in one layer and direction.

    Attributes:
        layer: from 0, the lowest.
        direction: `forward` or `backward`.
        steps: (S,) optimizer steps before each look.
        norms: (S, D) by distance from the end of reading; NaN where no text is as long.
    """

    layer: int
    direction: str
    steps: list[int]
    norms: list[list[float]]


@final
@dataclass(frozen=True)
class Details:
    """One run, looked at closely; all rows are of the validation split.

    Attributes:
        labels: that answers have a probability for; none where they have no probabilities.
        slices: scores by length and by share of unknown tokens.
        reliability, precision_recall, confusion: see `recurra.analysis`.
        per_class: a row a class: label, precision, recall, f1, support.
        worst, random: rows to look at.
        flows: of gradients, if they were recorded.
        fault: what `worst` is ordered by: `loss`, or `share wrong` where the answers tell no loss.
    """

    labels: Sequence[str]
    slices: Mapping[str, Sequence[Slice]]
    reliability: Sequence[Bin]
    precision_recall: Sequence[Curve]
    confusion: Sequence[Sequence[int]] | None
    per_class: Sequence[Mapping[str, Any]]
    worst: Sequence[AnsweredRow]
    random: Sequence[AnsweredRow]
    flows: Sequence[Flow]
    fault: str = "loss"


def details(run: Run, *, sliced: bool = True) -> Details:
    """Reads the answers of a run, and its gradient flow.

    Args:
        sliced: whether `slices` are wanted, which take longest.
    """
    per_class, flows = run.results.validation.get("per_class", []), _flows(run.folder / GRADIENT_FLOW)
    answers = read_answers(run.folder)
    if answers is None:
        return Details([], {}, [], [], None, per_class, [], [], flows)
    score = run.results.monitor
    return Details(
        labels=answers.labels,
        slices={by: slices(answers, score, by) for by in ("length", "unknown") if sliced},
        reliability=[] if answers.stated is None else reliability(*answers.stated),
        precision_recall=precision_recall(answers.probabilities, answers.gold, answers.labels),
        confusion=confusion(answers),
        per_class=per_class,
        worst=worst(answers, _WORST),
        random=at_random(answers, _RANDOM),
        flows=flows,
        fault=answers.fault,
    )


def learning(run: Run, names: Sequence[str]) -> dict[str, Points]:
    """The steps and values of what was logged under these names; of long curves points at even distances.

    No points where the file cannot be read: a run is compared by its results and its answers, and curves only show it.
    """
    metrics = run.folder / "metrics.csv"
    if not metrics.is_file():
        return {name: [] for name in names}
    try:
        logged = curves(metrics, names)
    except (OSError, *_DAMAGED):
        return {name: [] for name in names}
    return {name: [points[place] for place in _even(len(points), _POINTS)] for name, points in logged.items()}


def _flows(file: Path) -> list[Flow]:
    if not file.is_file():
        return []
    try:
        rows = gradient_flow_file.read(file)
    except (OSError, *_DAMAGED):
        return []
    found = []
    for layer, direction in sorted(
        {(row.layer, row.direction) for row in rows}, key=lambda own: (own[0], own[1][0] != "f")
    ):
        steps, norms = by_distance(rows, layer, direction)
        kept = _even(len(steps), _LOOKS)
        found.append(Flow(layer, direction, [steps[n] for n in kept], norms[kept, :_DISTANCES].tolist()))
    return found


def _even(count: int, most: int) -> list[int]:
    """All places, or so many at even distances, the first and the last among them."""
    places: list[int] = np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()
    return places
