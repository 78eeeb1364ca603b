"""What a tutorial writes: the peer that Recurra's speed is told against."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from clock import seconds_of, tokens
from step import step_of
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence
from workload import CLASSES, LONGEST

from recurra.text.tokenizers import Tokenizer
from recurra.types import Batch

SIZE = 128  # of embedding and hidden state
CELLS: dict[str, Callable[..., nn.RNNBase]] = {
    "rnn": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "textrnn": nn.LSTM,
    "rcnn": nn.LSTM,
}


class Usual(nn.Module):
    """What a tutorial writes: embedding, recurrence in both directions, the last step, a linear layer."""

    def __init__(self, cell: Callable[..., nn.RNNBase], vocabulary: int, packed: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, SIZE, padding_idx=0)
        self.recurrence = cell(SIZE, SIZE, batch_first=True, bidirectional=True)
        self.projection = nn.Linear(2 * SIZE, CLASSES)
        self.packed = packed

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embedding(tokens)
        if self.packed:
            sequence = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
            _, state = self.recurrence(sequence)
            hidden = state[0] if isinstance(state, tuple) else state
            return self.projection(torch.cat([hidden[0], hidden[1]], dim=1))
        states, _ = self.recurrence(embedded)
        return self.projection(states[:, -1])


def usual_rate(model: Usual, batches: list[Batch]) -> float:
    """Real tokens a second of a plain loop."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def loss(batch: Batch) -> Tensor:
        return functional.cross_entropy(model(batch.inputs, batch.lengths), batch.targets)

    return tokens(batches[1:]) / seconds_of(step_of(model, loss, optimizer), batches)


@torch.inference_mode()
def predicted(model: Usual, tokenizer: Tokenizer, many: list[str], size: int) -> Tensor:
    """Probabilities: texts in their order, each padded to 256 tokens."""
    found = []
    for start in range(0, len(many), size):
        sequences = [ids[:LONGEST] for ids in tokenizer.encode(many[start : start + size])]
        tokens = torch.zeros(len(sequences), LONGEST, dtype=torch.int64)
        for row, ids in enumerate(sequences):
            tokens[row, : len(ids)] = torch.from_numpy(ids)
        lengths = torch.tensor([len(ids) for ids in sequences])
        found.append(model(tokens, lengths).softmax(dim=1))
    return torch.cat(found)


def random_batches(made: Any, size: int, padded_to: int | None) -> Iterator[Batch]:
    """Batches as the usual loop makes them: rows at random, padded to the longest of a batch or to a fixed length."""
    store = made.stores["train"]
    order = torch.randperm(len(store)).split(size)
    for rows in order:
        pieces = made.truncation.reading(store.lengths).take(rows.numpy())
        width = padded_to or int(pieces.lengths.max())
        lengths = torch.from_numpy(pieces.lengths)
        yield Batch(store.gather(pieces, width), lengths, rows % CLASSES, rows)
