"""Texts of which each token is predicted from both sides of it."""

from typing import final

import numpy as np
import torch

from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.sampler import BucketedBatches
from recurra.data.token_store import TokenStore
from recurra.data.truncation import Head, Pieces
from recurra.nn.sequences import mask
from recurra.types import Batch


@final
class TwoWayTexts(BatchDataset):
    """Texts of like length together; the two targets of a step are the token after it and the token before it.

    Beyond both ends of a text stands a boundary (id 0), which is predicted, too. A text longer than `max_length` is
    read in consecutive parts; beyond the end of such a part stands the token that the text goes on with.

    Args:
        store: the tokens.
        batching: how many in a batch, and how long at most.
        training: whether epochs differ.
    """

    batches: BucketedBatches

    def __init__(self, store: TokenStore, batching: Batching, *, training: bool) -> None:
        after, before = np.append(store.ids[1:], np.int32(0)), np.roll(store.ids, 1)
        after[store.offsets[1:] - 1] = 0
        before[store.offsets] = 0
        self.store = store
        self._after, self._before = TokenStore(after, store.offsets), TokenStore(before, store.offsets)
        longest = batching.truncation.max_length
        parts = np.maximum(-(-store.lengths // longest), 1)
        self._rows = np.repeat(np.arange(len(store)), parts)
        self._starts = (np.arange(len(self._rows)) - np.repeat(np.cumsum(parts) - parts, parts)) * longest
        lengths = np.minimum(store.lengths[self._rows] - self._starts, longest)
        self.batches = batching.bucketed(lengths, training=training, truncation=Head(longest))

    def __getitem__(self, pieces: Pieces) -> Batch:
        pieces = pieces._replace(rows=self._rows[pieces.rows], starts=self._starts[pieces.rows])
        width = self.batches.padded(int(pieces.lengths.max()))
        lengths = torch.from_numpy(pieces.lengths)
        real = mask(lengths, width)
        targets = [texts.gather(pieces, width)[real] for texts in (self._after, self._before)]
        return Batch(
            inputs=self.store.gather(pieces, width),
            lengths=lengths,
            targets=torch.stack(targets, dim=1).flatten(),
            rows=torch.from_numpy(pieces.rows),
        )
