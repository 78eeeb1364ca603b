"""The problem that cannot be read."""

from typing import Annotated, Any, ClassVar, final

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from recurra.data.problems.base import Problem
from recurra.errors import ConfigError
from recurra.types import NaturalInt, PositiveInt, Targets


@final
class Constant(Problem):
    """The first token of a vocabulary at every step, whatever the class; so nothing can be learnt but how often each
    class is asked. It tries a model's machinery: the loss falls to the entropy of the classes, and no lower.

    Args:
        length: steps.
        vocabulary_size: tokens, of which all but one only lie in the embedding.
        class_count: classes, named by their numbers.
        classes: what is asked of the rows of a batch, over and over.

    Raises:
        ConfigError: a class beyond the last.
    """

    title: ClassVar[str] = "constant"
    task: ClassVar[str] = "classification"
    targets: ClassVar[Targets] = "classes"

    def __init__(
        self,
        *,
        length: PositiveInt,
        vocabulary_size: PositiveInt,
        class_count: Annotated[int, Ge(2)],
        classes: list[NaturalInt],
    ) -> None:
        if not classes or max(classes) >= class_count:
            raise ConfigError(
                f"data.classes={classes}: expected one number or more, from 0 to {class_count - 1} "
                f"(data.class_count={class_count})."
            )
        self.steps = length
        self.vocabulary_size = vocabulary_size
        self.labels = tuple(map(str, range(class_count)))
        self._classes = np.array(classes, dtype=np.int64)

    def draw(self, rows: int, generator: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        return np.zeros((rows, self.steps), dtype=np.int64), np.resize(self._classes, rows)
