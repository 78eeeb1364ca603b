"""The usual loops in a process of their own, so that torch is there as a tutorial finds it.

Recurra's commands set a few things for their process (`recurra.process`, denormals); a peer in the same one would have
them too.
"""

from functools import cache
from itertools import islice
from typing import Any

import torch
from clock import seconds
from usual import CELLS, Usual, predicted, random_batches, usual_rate
from worker import Worker, serve
from workload import LONGEST, config, data, texts

PEER = __file__


class Peer:
    """Asks that process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def training(self, name: str, *, packed: bool, rows: int, batch: int, batches: int) -> float:
        """Real tokens a second."""
        return self._worker.asked("training", name, packed, rows, batch, batches)

    def prediction(self, name: str, *, rows: int, batch: int, first: int, last: int, of: int) -> float:
        """Texts a second, of so many texts those from the first to the last."""
        return self._worker.asked("prediction", name, rows, batch, first, last, of)


@cache
def prepared(rows: int, batch: int) -> Any:
    """The data, read and tokenized."""
    return data(rows, config("model=lstm", "trainer=cpu"), batch_size=batch)


def training(name: str, packed: bool, rows: int, batch: int, batches: int) -> float:
    """Packed batches are as long as their longest text, the others have 256 steps."""
    made = prepared(rows, batch)
    chosen = list(islice(random_batches(made, batch, None if packed else LONGEST), batches + 1))
    return usual_rate(Usual(CELLS[name], made.tokenizer.size, packed), chosen)


drawn = cache(texts)


def prediction(name: str, rows: int, batch: int, first: int, last: int, of: int) -> float:
    """From texts to probabilities."""
    tokenizer = prepared(rows, batch).tokenizer
    model = Usual(CELLS[name], tokenizer.size, packed=False).eval()
    return (last - first) / seconds(predicted, model, tokenizer, drawn(of, 1)[first:last], batch)


if __name__ == "__main__":
    torch.manual_seed(0)
    ways = {"training": training, "prediction": prediction}
    serve(lambda what, *arguments: ways[what](*arguments))
