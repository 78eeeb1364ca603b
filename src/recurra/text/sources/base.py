"""What every origin of a corpus is to the rest: named splits of examples."""

from abc import ABC, abstractmethod
from typing import ClassVar

from recurra.types import Example


class Source(ABC):
    """Where a corpus comes from.

    Attributes:
        name: what runs and messages call the corpus.
        running: whether it is running text, whose order means something, or rows that may be shuffled.
        tagged: whether a row has a label for each of its words, in their order.
    """

    name: str
    running: ClassVar[bool] = False
    tagged: bool = False

    @abstractmethod
    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        """The rows of each split that the source itself names: `train` always, `validation` and `test` if it has them.

        Args:
            labelled: whether rows that may lack a label must have one; if not, none of theirs is read.

        Raises:
            DataError: something cannot be read.
        """
