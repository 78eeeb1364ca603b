"""Batches of tensors, and where an epoch stands."""

import abc
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from recurra.data.batches import Batches
from recurra.data.sampler import BucketedBatches
from recurra.data.token_store import TokenStore
from recurra.data.truncation import Pieces
from recurra.types import Batch

_PATIENCE = 300.0
"""Seconds for a batch, which takes milliseconds: a worker that gives none for so long hangs. Python 3.11 may fork it
while a thread of torch's holds a lock of the interpreter, as those of several ranks do now and then."""


class BatchDataset(Dataset[Batch], abc.ABC):
    """Turns what a sampler names into a batch.

    Attributes:
        batches: the sampler.
    """

    batches: Batches

    @abc.abstractmethod
    def __getitem__(self, index: Any) -> Batch:
        """The batch of tensors of one element of `batches`."""


class SplitDataset(BatchDataset):
    """Turns the pieces that a sampler names into a batch by one gather from the store.

    Args:
        store: the tokens of the split.
        targets: (rows,) int64 or (rows, C) float32.
        batches: gives the grid of padded lengths.
    """

    batches: BucketedBatches

    def __init__(self, store: TokenStore, targets: torch.Tensor, batches: BucketedBatches) -> None:
        assert len(store) == len(targets)
        self.store = store
        self.targets = targets
        self.batches = batches

    def __getitem__(self, pieces: Pieces) -> Batch:
        width = self.batches.padded(int(pieces.lengths.max()))
        rows, windows = np.unique(pieces.rows, return_inverse=True) if _windowed(pieces) else (pieces.rows, None)
        rows_tensor = torch.from_numpy(rows)
        return Batch(
            inputs=self.store.gather(pieces, width),
            lengths=torch.from_numpy(pieces.lengths),
            targets=self.targets[rows_tensor],
            rows=rows_tensor,
            windows=None if windows is None else torch.from_numpy(windows.astype(np.int64)),
        )


def _windowed(pieces: Pieces) -> bool:
    return bool((pieces.rows[1:] == pieces.rows[:-1]).any())


class ResumableLoader(DataLoader[Batch]):
    """A loader that tells a checkpoint how many batches of the epoch were served, and goes on after them.

    Lightning saves and restores the state of any loader with `state_dict` and `load_state_dict`. What is counted is
    what left the loader, not what its workers fetched ahead.
    """

    def __init__(self, dataset: BatchDataset, *, num_workers: int = 0, pin_memory: bool = False) -> None:
        self._served = 0
        # A generator of its own: torch's loader would otherwise draw from the global one at each start, and a resumed
        # run would see other dropout masks than an uninterrupted one.
        super().__init__(
            dataset,
            sampler=dataset.batches,
            batch_size=None,
            num_workers=num_workers,
            pin_memory=pin_memory,
            persistent_workers=num_workers > 0,
            timeout=_PATIENCE if num_workers else 0,
            generator=torch.Generator(),
        )

    @property
    def batches(self) -> Batches:
        """The sampler."""
        assert isinstance(self.sampler, Batches)
        return self.sampler

    def __iter__(self) -> Iterator[Batch]:  # type: ignore[override]
        self._served = self.batches.starts_after
        for batch in super().__iter__():
            self._served += 1
            yield batch

    def state_dict(self) -> dict[str, Any]:
        """The epoch and how many of its batches were served."""
        return self.batches.state(self._served)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on after the batches that were served when `state` was taken."""
        self.batches.restore(state)
