"""What every problem that is made up says of itself."""

import abc
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recurra.data.level import Level
from recurra.types import Targets


class Problem(abc.ABC):
    """Sequences of numbers, all of the same length, and what is asked of them.

    The constructor takes by keyword what a YAML file in `conf/data` may set.

    Attributes:
        title: what it is called.
        task: the option of `task=` that it is for.
        targets: what is asked: `classes` or `values`.
        every_step: whether it is asked of each step, not of each sequence.
        labels: the classes, in the order of their numbers; none for values.
        input_size: F, the numbers of each step.
        steps: T, of each sequence.
        level: what guessing reaches, and what counts as solved.
    """

    title: ClassVar[str]
    task: ClassVar[str]
    targets: ClassVar[Targets]
    every_step: ClassVar[bool] = False
    labels: ClassVar[tuple[str, ...]] = ()
    input_size: ClassVar[int]
    steps: int
    level: Level

    @abc.abstractmethod
    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Makes sequences up.

        Args:
            rows: how many.
            generator: the only source of chance.

        Returns:
            inputs (rows, T, F) float32, and what is asked: (rows, 1) float32 values, (rows,) int64 classes, or
            (rows, T) int64 classes where every step is asked.
        """
