"""What every way of batching promises: an order that depends on (seed, epoch, rank) alone, and where it stands."""

import abc
from collections.abc import Iterator
from typing import Any

from torch.utils.data import Sampler


class Batches(Sampler[Any], abc.ABC):
    """The batches of a split, epoch after epoch; each is what the data set beside it turns into tensors.

    Args:
        reshuffle: whether every epoch has an order of its own.
        rank, world_size: the part of which process.
    """

    def __init__(self, *, reshuffle: bool = True, rank: int = 0, world_size: int = 1) -> None:
        self.reshuffle = reshuffle
        self.rank = rank
        self.world_size = world_size
        self._epoch = 0
        self._skip = 0
        self._planned: tuple[int, list[Any]] | None = None

    @abc.abstractmethod
    def _plan(self, epoch: int) -> list[Any]:
        """All batches of this rank in the order of `epoch`."""

    @property
    def repeated_rows(self) -> int:
        """Rows that training sees twice an epoch so that every rank has one in every batch."""
        return 0

    def plan(self, epoch: int) -> list[Any]:
        """All batches of this rank in `epoch`."""
        order = epoch if self.reshuffle else 0
        if self._planned is None or self._planned[0] != order:
            self._planned = order, self._plan(order)
        return self._planned[1]

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before every epoch; another epoch than the restored one begins at its first batch."""
        if epoch != self._epoch:
            self._epoch, self._skip = epoch, 0

    def state(self, served: int) -> dict[str, Any]:
        """What `restore` needs to go on after `served` batches of the present epoch."""
        return {"epoch": self._epoch, "served": served}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on where `state` was taken."""
        self._epoch, self._skip = state["epoch"], state["served"]

    @property
    def starts_after(self) -> int:
        """How many batches of the epoch are left out at the next start, since they were served before."""
        return self._skip

    def __len__(self) -> int:
        return len(self.plan(self._epoch))

    def __iter__(self) -> Iterator[Any]:
        skip, self._skip = self._skip, 0
        yield from self.plan(self._epoch)[skip:]
