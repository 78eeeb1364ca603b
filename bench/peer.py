"""The usual loops in a process of their own, so that torch is there as a tutorial finds it.

Recurra's commands set a few things for their process (`recurra.process`, denormals); a peer in the same one would have
them too.
"""

import json
import subprocess
import sys
from functools import cache
from itertools import islice
from typing import Any

import torch
from clock import seconds
from usual import CELLS, Usual, predicted, random_batches, usual_rate
from workload import LONGEST, config, data, texts


class Peer:
    """Asks that process for a rate, and waits for it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.wait()

    def training(self, name: str, *, packed: bool, rows: int, batch: int, batches: int) -> float:
        """Real tokens a second."""
        return self._asked("training", name, packed, rows, batch, batches)

    def prediction(self, name: str, *, rows: int, batch: int, first: int, last: int, of: int) -> float:
        """Texts a second, of so many texts those from the first to the last."""
        return self._asked("prediction", name, rows, batch, first, last, of)

    def _asked(self, what: str, *arguments: Any) -> float:
        question, answer = self._process.stdin, self._process.stdout
        assert question is not None
        assert answer is not None
        question.write(json.dumps([what, *arguments]) + "\n")
        question.flush()
        return float(answer.readline())


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


def main() -> None:
    """Answers until its questioner is gone."""
    ways = {"training": training, "prediction": prediction}
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(ways[what](*arguments), flush=True)


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
