"""Running text read text by text, each from the beginning to its end."""

from typing import final

import numpy as np

from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.running_text import RunningText, Windows
from recurra.data.truncation import Head, Pieces
from recurra.types import Batch


@final
class WholeTexts(BatchDataset):
    """Texts of like length together, for full backpropagation through time.

    A text longer than `max_length` is read in consecutive parts, each from no state.

    Args:
        text: all texts.
        batching: how many in a batch, and how long at most.
        training: whether epochs differ.
    """

    def __init__(self, text: RunningText, batching: Batching, *, training: bool) -> None:
        longest = batching.truncation.max_length
        parts = -(-text.spans // longest)
        number = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
        self.text = text
        self._starts = np.repeat(text.begins, parts) + number * longest
        self._lengths = np.minimum(np.repeat(text.spans, parts) - number * longest, longest)
        self.batches = batching.bucketed(self._lengths, training=training, truncation=Head(longest))

    def __getitem__(self, pieces: Pieces) -> Batch:
        fresh = np.zeros(len(pieces.rows), dtype=bool)
        return self.text.batch(Windows(self._starts[pieces.rows], pieces.lengths, fresh), carried=False)
