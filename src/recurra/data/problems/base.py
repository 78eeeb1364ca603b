"""What every problem that is made up says of itself."""

import abc
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recurra.data.level import Level
from recurra.types import Targets


class Problem(abc.ABC):
    """Sequences of numbers or of tokens, all of the same length, and what is asked of them.

    The constructor takes by keyword what a YAML file in `conf/data` may set.

    Attributes:
        title: what it is called.
        task: the option of `task=` that it is for.
        targets: what is asked: `classes` or `values`.
        every_step: whether it is asked of each step, not of each sequence.
        labels: the classes, in the order of their numbers; none for values.
        input_size: F, the numbers of each step; None where each is a token.
        vocabulary_size: tokens; None where steps are numbers.
        steps: T, of each sequence.
        level: what guessing reaches, and what counts as solved; None where there is nothing to solve.
    """

    title: ClassVar[str]
    task: ClassVar[str]
    targets: ClassVar[Targets]
    every_step: ClassVar[bool] = False
    labels: tuple[str, ...] = ()
    input_size: int | None = None
    vocabulary_size: int | None = None
    steps: int
    level: Level | None = None

    @abc.abstractmethod
    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """Makes sequences up.

        Args:
            rows: how many.
            generator: the only source of chance.

        Returns:
            inputs (rows, T, F) float32 or tokens (rows, T) int64, and what is asked: (rows, 1) float32 values, (rows,)
            int64 classes, or (rows, T) int64 classes where every step is asked.
        """
