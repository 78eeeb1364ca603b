"""Texts of which one word is hidden."""

from typing import Any, NamedTuple, final

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.data.batches import Batches
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.sampler import BucketedBatches
from recurra.data.token_store import TokenStore
from recurra.data.truncation import OnePiece, Pieces
from recurra.errors import DataError
from recurra.nn.sequences import mask
from recurra.types import Batch

_DRAW = 1  # beside the sampler's own draws of the same seed and epoch


class Hidden(NamedTuple):
    """The parts of a batch.

    Attributes:
        pieces: what is read.
        chances: (N,) float64 in [0, 1), by which one token of each is chosen.
    """

    pieces: Pieces
    chances: NDArray[np.float64]


@final
class HiddenBatches(Batches):
    """Batches of texts of like length, and which word of each is hidden.

    In training the words are drawn anew in every epoch, from its number and the seed alone; else they are the same at
    all times, and depend on the number of the text alone.

    Args:
        rows: (texts,) those that have a token.
        bucketed: the batches of these texts, which it numbers from 0.
        texts: how many there are in all.
    """

    def __init__(self, rows: NDArray[np.int64], bucketed: BucketedBatches, texts: int) -> None:
        super().__init__(reshuffle=bucketed.reshuffle, rank=bucketed.rank, world_size=bucketed.world_size)
        self.padded = bucketed.padded
        self._rows = rows
        self._bucketed = bucketed
        self._texts = texts

    @property
    def repeated_rows(self) -> int:
        """Rows that training sees twice an epoch so that every rank has one in every batch."""
        return self._bucketed.repeated_rows

    def _plan(self, epoch: int) -> list[Any]:
        seeds = [self._bucketed.seed, epoch, _DRAW] if self._bucketed.is_training else [0]
        chances = np.random.default_rng(seeds).random(self._texts)
        plan = []
        for pieces in self._bucketed.plan(epoch):
            rows = self._rows[pieces.rows]
            plan.append(Hidden(pieces._replace(rows=rows), chances[rows]))
        return plan


@final
class HiddenWords(BatchDataset):
    """Reads one piece of each text, a mask in the place of one of its tokens, which is the target.

    An unknown token is hidden only where a piece has no other. Texts without any are left out.

    Args:
        store: the tokens.
        batching: how many in a batch, and which part of a long text is read.
        mask_id: the input that stands for the hidden one.
        unknown_id: the token that is not to be hidden.
        training: whether epochs differ.

    Raises:
        DataError: there is nothing to hide.
    """

    batches: HiddenBatches

    def __init__(self, store: TokenStore, batching: Batching, *, mask_id: int, unknown_id: int, training: bool) -> None:
        rows = np.flatnonzero(store.lengths)
        if not rows.size:
            raise DataError("None of the texts has a token that could be hidden. Give other texts.")
        one = OnePiece(batching.truncation)
        self.store = store
        self.batches = HiddenBatches(
            rows, batching.bucketed(store.lengths[rows], training=training, truncation=one), len(store)
        )
        self._mask_id = mask_id
        self._unknown_id = unknown_id

    def __getitem__(self, hidden: Hidden) -> Batch:
        pieces = hidden.pieces
        lengths = torch.from_numpy(pieces.lengths)
        inputs = self.store.gather(pieces, self.batches.padded(int(pieces.lengths.max())))
        real = mask(lengths, inputs.size(1))
        known = real & (inputs != self._unknown_id)
        candidates = torch.where(known.any(1, keepdim=True), known, real)
        number = (torch.from_numpy(hidden.chances) * candidates.sum(1)).long()
        # The candidate before which there are `number` others.
        places = (candidates & (candidates.cumsum(1) == number.unsqueeze(1) + 1)).int().argmax(1)
        targets = inputs.gather(1, places.unsqueeze(1)).squeeze(1)
        inputs.scatter_(1, places.unsqueeze(1), self._mask_id)
        return Batch(inputs, lengths, targets, torch.from_numpy(pieces.rows), places=places)
