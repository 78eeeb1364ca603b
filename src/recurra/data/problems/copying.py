"""The copying memory problem."""

import math
from typing import Annotated, Any, ClassVar, final

import numpy as np
from annotated_types import Gt, Lt
from numpy.typing import NDArray

from recurra.data.level import Level
from recurra.data.problems.base import Problem
from recurra.types import PositiveInt, Targets

_KINDS = 8  # of symbols to remember
_COUNT = 10  # of them in a sequence
_BLANK, _DELIMITER = _KINDS, _KINDS + 1


@final
class Copying(Problem):
    """Ten symbols of eight kinds, blanks, a delimiter, and more blanks; at the last ten steps the symbols are asked, in
    their order, and at all steps before them the blank. Symbols are one-hot.

    Source: Arjovsky, Shah & Bengio 2016, section 4.1, after Hochreiter & Schmidhuber 1997. A sequence has length + 20
    steps. Who answers blanks, and at the last ten steps each symbol as likely as the others, has a cross entropy of
    10 ln 8 / (length + 20).

    Args:
        length: steps from the last symbol to the delimiter, itself among them.
        solved: share of that cross entropy at which it counts as solved.
    """

    title: ClassVar[str] = "copy"
    task: ClassVar[str] = "steps"
    targets: ClassVar[Targets] = "classes"
    every_step: ClassVar[bool] = True
    labels = (*map(str, range(1, _KINDS + 1)), "blank")
    input_size = _KINDS + 2

    def __init__(self, *, length: PositiveInt, solved: Annotated[float, Gt(0), Lt(1)]) -> None:
        self.steps = length + 2 * _COUNT
        chance = _COUNT * math.log(_KINDS) / self.steps
        self.level = Level("loss", chance, solved * chance)

    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[Any]]:
        symbols = generator.integers(_KINDS, size=(rows, _COUNT))
        read = np.full((rows, self.steps), _BLANK)
        asked = read.copy()
        read[:, :_COUNT] = symbols
        read[:, -_COUNT - 1] = _DELIMITER
        asked[:, -_COUNT:] = symbols
        return np.eye(self.input_size, dtype=np.float32)[read], asked
