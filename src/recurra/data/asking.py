"""The part of a task that data has to do with."""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray
from torch import Tensor

from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.token_store import TokenStore
from recurra.types import Example


class Asking(Protocol):
    """Says what is to be predicted of the rows of a split, and how they are batched."""

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """What is to be predicted of rows."""

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        """The batches of a split."""
