"""Texts whose words have a tag each."""

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
class TaggedTexts(BatchDataset):
    """Texts of like length together; in training at most `max_length` tokens of each, when reading all of them.

    Args:
        store: the tokens.
        tags: (tokens,) int64, the number of each one's tag.
        batching: how many in a batch, and which part of a long text training reads.
        training: whether epochs differ.
    """

    batches: BucketedBatches

    def __init__(self, store: TokenStore, tags: torch.Tensor, batching: Batching, *, training: bool) -> None:
        whole = Head(max(int(store.lengths.max(initial=0)), 1))
        self.store = store
        self._tags = TokenStore(np.append(tags.numpy(), 0).astype(np.int32), store.offsets)
        self.batches = batching.bucketed(store.lengths, training=training, truncation=None if training else whole)

    def __getitem__(self, pieces: Pieces) -> Batch:
        width = self.batches.padded(int(pieces.lengths.max()))
        lengths = torch.from_numpy(pieces.lengths)
        return Batch(
            inputs=self.store.gather(pieces, width),
            lengths=lengths,
            targets=self._tags.gather(pieces, width)[mask(lengths, width)],
            rows=torch.from_numpy(pieces.rows),
        )
