"""Texts a second of `Predictor` against the usual padded loop, and how long one text takes. `make bench-predict`.

The padded loop is what a tutorial writes: torch's layers, texts in their order, 64 in a batch, each padded to 256
tokens. Both begin with texts and end with probabilities. 100,000 texts are predicted in five rounds; in each, the slow
loop has a part of the same texts.
"""

from recurra.process import settle

settle()  # before torch is there

import statistics

import numpy as np
import torch
from clock import seconds
from peer import PEER, Peer
from table import show
from usual import CELLS
from worker import Worker
from workload import LONGEST, config, data, module, texts

from recurra.predictor import Predictor

ROUNDS = 5
ROWS = 4000  # of training, for a vocabulary
TEXTS = 20_000  # a round
PART = 1_000  # of them, for the padded loop
BATCH = 64
SINGLE = 500  # texts, one by one


def measured(name: str, many: list[str], peer: Peer) -> dict[str, str | int | float]:
    """One encoder's row."""
    settings = config(f"model={name}", "trainer=cpu")
    made = data(ROWS, settings, batch_size=BATCH)
    built = module(settings, made).eval()
    predictor = Predictor(built, made.tokenizer, max_length=LONGEST, kind="head", windows=1, batch_size=BATCH)
    rounds = []
    for start in range(0, len(many), TEXTS):
        rate = TEXTS / seconds(predictor.predict, many[start : start + TEXTS])
        usual = peer.prediction(name, rows=ROWS, batch=BATCH, first=start, last=start + PART, of=len(many))
        rounds.append({"ours": rate, "usual": usual})
    single = np.array([seconds(predictor.predict, [text]) for text in many[:SINGLE]])
    return {
        "encoder": name,
        "texts/s": int(statistics.median(each["ours"] for each in rounds)),
        "x padded loop": statistics.median(each["ours"] / each["usual"] for each in rounds),
        "one text, p50 ms": 1e3 * float(np.percentile(single, 50)),
        "p99 ms": 1e3 * float(np.percentile(single, 99)),
    }


def main() -> None:
    """One table."""
    many = texts(ROUNDS * TEXTS, seed=1)
    with Worker(PEER) as worker:
        peer = Peer(worker)
        rows = [measured(name, many, peer) for name in CELLS]
    show("predict", f"Predictor, 128 units, {torch.get_num_threads()} threads; median of {ROUNDS} rounds", rows)


if __name__ == "__main__":
    main()
