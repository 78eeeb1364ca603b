"""The temporal order problem."""

from typing import Annotated, Any, ClassVar, final

import numpy as np
from annotated_types import Ge, Gt, Lt
from numpy.typing import NDArray

from recurra.data.level import Level
from recurra.data.problems.base import Problem
from recurra.types import Targets

_SYMBOLS = ("a", "b", "c", "d", "X", "Y", "E", "B")
_DISTRACTORS, _X, _E, _B = 4, 4, 6, 7


@final
class TemporalOrder(Problem):
    """Between an E and a B each step is one of four distractors, save for two, each of which is an X or a Y; which of
    the four pairs it was is asked at the end. Symbols are one-hot.

    Source: Hochreiter & Schmidhuber 1997, section 5.6, task 6a, where sequences have 100 to 110 steps, X and Y at steps
    10 to 20 and 50 to 60. Here all have the same length, and these places move with it.

    Args:
        length: steps, E and B among them.
        solved: accuracy at which it counts as solved.
    """

    title: ClassVar[str] = "temporal_order"
    task: ClassVar[str] = "classification"
    targets: ClassVar[Targets] = "classes"
    labels = ("XX", "XY", "YX", "YY")
    input_size = len(_SYMBOLS)

    def __init__(self, *, length: Annotated[int, Ge(10)], solved: Annotated[float, Gt(0.25), Lt(1)]) -> None:
        self.steps = length
        self.level = Level("accuracy", 1 / len(self.labels), solved)

    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[Any]]:
        tenth = self.steps // 10
        symbols = generator.integers(_DISTRACTORS, size=(rows, self.steps))
        places = generator.integers([tenth, 5 * tenth], [2 * tenth + 1, 6 * tenth + 1], size=(rows, 2))
        pairs = generator.integers(2, size=(rows, 2))
        np.put_along_axis(symbols, places, _X + pairs, axis=1)
        symbols[:, 0], symbols[:, -1] = _E, _B
        return np.eye(len(_SYMBOLS), dtype=np.float32)[symbols], pairs @ [2, 1]
