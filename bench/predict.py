"""Texts a second of `Predictor` against the usual padded loop, and how long one text takes. `make bench-predict`.

The padded loop is what a tutorial writes: torch's layers, texts in their order, 64 in a batch, each padded to 256
tokens. Both begin with texts and end with probabilities. 100,000 texts are predicted in five rounds; in each, the slow
loop has a part of the same texts.
"""

import statistics

import numpy as np
import torch
from clock import seconds
from table import show
from torch import Tensor
from usual import CELLS, Usual
from workload import LONGEST, config, data, module, texts

from recurra.predictor import Predictor
from recurra.text.tokenizers import Tokenizer

ROUNDS = 5
TEXTS = 20_000  # a round
PART = 1_000  # of them, for the padded loop
BATCH = 64
SINGLE = 500  # texts, one by one


@torch.inference_mode()
def padded(model: Usual, tokenizer: Tokenizer, batch: list[str]) -> Tensor:
    """Probabilities of the usual loop."""
    found = []
    for start in range(0, len(batch), BATCH):
        sequences = [ids[:LONGEST] for ids in tokenizer.encode(batch[start : start + BATCH])]
        tokens = torch.zeros(len(sequences), LONGEST, dtype=torch.int64)
        for row, ids in enumerate(sequences):
            tokens[row, : len(ids)] = torch.from_numpy(ids)
        lengths = torch.tensor([len(ids) for ids in sequences])
        found.append(model(tokens, lengths).softmax(dim=1))
    return torch.cat(found)


def main() -> None:
    """One table."""
    torch.set_flush_denormal(True)
    rows = []
    many = texts(ROUNDS * TEXTS, seed=1)
    for name in CELLS:
        settings = config(f"model={name}", "trainer=cpu")
        made = data(4000, settings, batch_size=BATCH)
        built = module(settings, made).eval()
        predictor = Predictor(built, made.tokenizer, max_length=LONGEST, kind="head", windows=1, batch_size=BATCH)
        usual = Usual(CELLS[name], made.tokenizer.size, packed=False).eval()
        rounds = []
        for start in range(0, ROUNDS * TEXTS, TEXTS):
            pool = many[start : start + TEXTS]
            slow = PART / seconds(padded, usual, made.tokenizer, pool[:PART])
            rounds.append({"ours": TEXTS / seconds(predictor.probabilities, pool), "usual": slow})
        single = np.array([seconds(predictor.predict, [text]) for text in many[:SINGLE]])
        rows.append(
            {
                "encoder": name,
                "texts/s": int(statistics.median(each["ours"] for each in rounds)),
                "x padded loop": statistics.median(each["ours"] / each["usual"] for each in rounds),
                "one text, p50 ms": 1e3 * float(np.percentile(single, 50)),
                "p99 ms": 1e3 * float(np.percentile(single, 99)),
            }
        )
    show("predict", f"Predictor, 128 units, {torch.get_num_threads()} threads; median of {ROUNDS} rounds", rows)


if __name__ == "__main__":
    main()
