"""Tasks that read a text as a whole and answer once."""

import abc
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset, SplitDataset
from recurra.data.token_store import TokenStore
from recurra.tasks.answer import Answer
from recurra.tasks.base import Task
from recurra.tasks.head import Head, HeadInit
from recurra.text.tokenizers import Tokenizer
from recurra.types import Batch, Encoding, Share


class Answering(Task, abc.ABC):
    """Reads the summary of a text.

    Args:
        labels: the classes, if there are any.
        features_size: width of what the head sees.
        output_size: numbers that it gives for a text.
        dropout: before the head.
        init: how the head is drawn.
    """

    def __init__(
        self,
        labels: Sequence[str],
        features_size: int,
        output_size: int,
        dropout: Share,
        init: HeadInit = "xavier",
    ) -> None:
        super().__init__()
        self.labels = list(labels)
        self.head = Head(features_size, output_size, dropout, init)

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        return SplitDataset(store, targets, batching.bucketed(store.lengths, training=training))

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        return encoding.summary

    def logits(self, features: Tensor, batch: Batch) -> Tensor:
        """(B, output_size); windows of one text are averaged, as `merge` does."""
        logits: Tensor = self.head(features)
        return logits if batch.windows is None else self.merge(logits, batch.windows, len(batch.rows))

    def predict(
        self, model: Callable[[Batch], Tensor], texts: Sequence[str], tokenizer: Tokenizer, batching: Batching
    ) -> Sequence[Answer]:
        store = TokenStore.of_texts(tokenizer, texts)
        dataset = self.dataset(store, torch.zeros(len(texts)), batching, training=False)
        rows, outputs = [], []
        for pieces in dataset.batches:
            batch = dataset[pieces]
            rows.append(batch.rows)
            outputs.append(self.outputs(model(batch)))
        return self.decide(torch.cat(outputs)[torch.cat(rows).argsort()])

    @abc.abstractmethod
    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        """Logits whose `outputs` are the mean over each row's windows.

        Args:
            logits: (N, output_size), one row a window.
            windows: (N,) the row in [0, rows) that each belongs to.
            rows: how many rows there are.
        """

    @abc.abstractmethod
    def outputs(self, logits: Tensor) -> Tensor:
        """(B, output_size) -> (B, C), what is told of each text: a probability a label, or a number."""

    @abc.abstractmethod
    def decide(self, outputs: Tensor) -> Sequence[Answer]:
        """The answers for (B, C) outputs."""
