"""The adding problem."""

from typing import Annotated, Any, ClassVar, final

import numpy as np
from annotated_types import Ge, Gt, Lt
from numpy.typing import NDArray

from recurra.data.level import Level
from recurra.data.problems.base import Problem
from recurra.types import Targets

_CHANCE = 1 / 6


@final
class Adding(Problem):
    """Each step has a number from U(0, 1) and a marker, 1 at one step of each half and else 0. What is asked is the sum
    of the two marked numbers.

    Source: Hochreiter & Schmidhuber 1997, section 5.4, in the form of Le, Jaitly & Hinton 2015, section 4.1. Who always
    answers 1, the mean, is off by the variance of the sum of two such numbers, 1/6 = 0.167.

    Args:
        length: steps.
        solved: mean squared error at which it counts as solved.
    """

    title: ClassVar[str] = "adding"
    task: ClassVar[str] = "regression"
    targets: ClassVar[Targets] = "values"
    input_size = 2

    def __init__(self, *, length: Annotated[int, Ge(2)], solved: Annotated[float, Gt(0), Lt(_CHANCE)]) -> None:
        self.steps = length
        self.level = Level("loss", _CHANCE, solved)

    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[Any]]:
        half = self.steps // 2
        numbers = generator.random((rows, self.steps), dtype=np.float32)
        marked = generator.integers([0, half], [half, self.steps], size=(rows, 2))
        markers = np.zeros_like(numbers)
        np.put_along_axis(markers, marked, 1.0, axis=1)
        sums = np.take_along_axis(numbers, marked, axis=1).sum(axis=1, keepdims=True)
        return np.stack([numbers, markers], axis=2), sums
