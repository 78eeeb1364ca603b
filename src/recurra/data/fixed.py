"""Sequences that are made up once, to validate and test on."""

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from recurra.data.batches import Batches
from recurra.data.loader import BatchDataset
from recurra.data.sequences import batch_of
from recurra.data.truncation import Integers
from recurra.errors import ConfigError
from recurra.types import Batch


@final
class FixedBatches(Batches):
    """Every row once, over all ranks.

    Args:
        rows: of the split.
        batch_size: of them in a batch.
        rank, world_size: the part of which process.

    Raises:
        ConfigError: fewer rows than ranks.
    """

    def __init__(self, rows: int, batch_size: int, *, rank: int = 0, world_size: int = 1) -> None:
        super().__init__(reshuffle=False, rank=rank, world_size=world_size)
        if rows < world_size:
            raise ConfigError(
                f"{world_size} ranks cannot share the {rows} rows of a split: each must have one to evaluate. "
                "Give fewer trainer.devices or trainer.num_nodes, or more data.validation_rows and data.test_rows."
            )
        self._rows = rows
        self._batch_size = batch_size

    def _plan(self, epoch: int) -> list[Integers]:
        mine = np.arange(self.rank, self._rows, self.world_size)
        return [mine[begin : begin + self._batch_size] for begin in range(0, len(mine), self._batch_size)]


@final
class FixedSequences(BatchDataset):
    """The sequences of a split.

    Args:
        inputs: (rows, T, F) numbers, or (rows, T) tokens.
        asked: as `Problem.draw` gives it.
        batches: which make up which batch.
    """

    def __init__(self, inputs: NDArray[Any], asked: NDArray[Any], batches: FixedBatches) -> None:
        self._inputs = inputs
        self._asked = asked
        self.batches = batches

    def __getitem__(self, rows: Integers) -> Batch:
        return batch_of(self._inputs[rows], self._asked[rows], rows)
