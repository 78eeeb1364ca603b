"""Sequences that are made up anew for each batch of training."""

from typing import final

import numpy as np

from recurra.data.batches import Batches
from recurra.data.loader import BatchDataset
from recurra.data.problems.base import Problem
from recurra.data.sequences import batch_of
from recurra.types import Batch

TRAINING = 0
"""Sets the seeds of training apart from those of the other splits."""

Seeds = tuple[int, ...]


@final
class FreshBatches(Batches):
    """The seeds of batches: one for each epoch, batch and rank, so that no sequence is ever seen twice.

    Args:
        count: batches in an epoch, on each rank.
        reshuffle: whether every epoch has batches of its own.
        rank, world_size: the part of which process.
    """

    def __init__(self, count: int, *, reshuffle: bool = True, rank: int = 0, world_size: int = 1) -> None:
        super().__init__(reshuffle=reshuffle, rank=rank, world_size=world_size)
        self._count = count

    def _plan(self, epoch: int) -> list[Seeds]:
        return [(TRAINING, epoch, number, self.rank) for number in range(self._count)]


@final
class FreshSequences(BatchDataset):
    """Makes a batch up from its seeds.

    Args:
        problem: what makes up the sequences.
        rows: in a batch.
        seed: of all of them.
        batches: their own seeds.
    """

    def __init__(self, problem: Problem, rows: int, seed: int, batches: FreshBatches) -> None:
        self._problem = problem
        self._rows = rows
        self._seed = seed
        self.batches = batches

    def __getitem__(self, seeds: Seeds) -> Batch:
        generator = np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=seeds))
        return batch_of(*self._problem.draw(self._rows, generator), np.arange(self._rows))
