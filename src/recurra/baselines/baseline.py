"""What a model to compare with has found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import torch
from numpy.typing import NDArray

from recurra.tasks.base import Evaluation
from recurra.tasks.single_label import SingleLabel
from recurra.types import Example


@final
@dataclass(frozen=True)
class Baseline:
    """A model that was trained on the rows that a run is trained on, and scored as the run is.

    Attributes:
        name: what tables call it.
        settings: how it reads texts, and what validation chose.
        parameters: numbers that training has set.
        seconds: of training, all that validation did not choose included.
        evaluations: of each split.
    """

    name: str
    settings: str
    parameters: int
    seconds: float
    evaluations: Mapping[str, Evaluation]


def evaluate(task: SingleLabel, rows: Sequence[Example], probabilities: NDArray[Any]) -> Evaluation:
    """Scores the answers for a whole split that something else than the task's head has given.

    Args:
        task: whose labels and scores they are.
        rows: of the split, in their order.
        probabilities: (N, C) of each of `task.labels`.
    """
    targets, told = torch.from_numpy(task.encode(rows)), torch.from_numpy(probabilities)
    gold = told.gather(1, task.class_numbers(targets).unsqueeze(1))
    loss = -gold.clamp_min(torch.finfo(told.dtype).tiny).log().sum()
    return task.evaluate(
        {"rows": torch.arange(len(rows)), "probabilities": told, "targets": targets, "loss": loss.double()}
    )
