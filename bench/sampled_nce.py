"""loss=sampled_nce against the full softmax: speed by the number of classes, and what is learnt.

`make bench-sampled_nce`. Speed: a training step of a language model (LSTM, 128 units, 32 windows of 64 tokens) on
random words, in turn, medians. What is learnt: the same model on the words of a CSV file (default: MR), each loss for
as many epochs, scored by the full softmax. A word where the file is not there.

    python bench/sampled_nce.py [../shared/data/mr/mr.csv]
"""

from recurra.process import settle

settle()  # before torch is there

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from clock import seconds
from step import step_of
from table import show
from torch import Tensor

import recurra
from recurra.nn.embedding import Embedding
from recurra.nn.encoders import LSTM
from recurra.nn.losses import CrossEntropy, Loss, SampledNCE
from recurra.nn.sequences import real_steps
from recurra.tasks import LanguageModel

ROUNDS, STEPS = 7, 5
CLASSES = (2_000, 10_000, 30_000)
LOSSES = {
    "log_loss": ["loss=log_loss"],
    "sampled_nce": ["loss=sampled_nce"],
    "sampled_nce, 256 sampled": ["loss=sampled_nce", "loss.num_sampled=256"],
    "sampled_softmax": ["loss=sampled_softmax"],
}
EPOCHS = 6
ROWS, WINDOW = 32, 64


def step(classes: int, make: type[Loss]) -> Any:
    """A training step on words that are as frequent as in language."""
    embedding = Embedding(classes, size=128)
    shape: dict[str, Any] = {"num_layers": 1, "bidirectional": False, "dropout": 0.0, "pooling": "last"}
    encoder = LSTM(128, hidden_size=128, recurrent_init="orthogonal", forget_bias=1.0, **shape)
    task = LanguageModel([str(number) for number in range(classes)], 128, encoder, embedding)
    loss = make(list(range(classes, 0, -1)))
    model = torch.nn.ModuleList([embedding, encoder, task])
    chances = 1 / torch.arange(1, classes + 1)
    lengths = torch.full((ROWS,), WINDOW)

    def loss_of(tokens: Tensor) -> Tensor:
        encoding = encoder(embedding(tokens[:, :-1]), lengths)
        found: Tensor = loss(task.head, real_steps(encoding.states, lengths), tokens[:, 1:].flatten())
        return found

    once = step_of(model, loss_of, torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True))
    batches = [torch.multinomial(chances, ROWS * (WINDOW + 1), True).view(ROWS, -1) for _ in range(STEPS)]

    def steps() -> None:
        for batch in batches:
            once(batch)

    return steps


def speed() -> list[dict[str, Any]]:
    """A row a number of classes."""
    rows = []
    for classes in CLASSES:
        torch.manual_seed(0)
        softmax, nce = step(classes, CrossEntropy), step(classes, SampledNCE)
        softmax(), nce()
        times = [(seconds(softmax), seconds(nce)) for _ in range(ROUNDS)]
        rows.append(
            {
                "classes": classes,
                "softmax, ms a step": 1000 * statistics.median(a for a, _ in times) / STEPS,
                "sampled_nce, ms a step": 1000 * statistics.median(b for _, b in times) / STEPS,
                "times as fast": statistics.median(a / b for a, b in times),
            }
        )
    return rows


def learnt(path: Path) -> list[dict[str, Any]]:
    """A row a loss."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (loss, chosen) in enumerate(LOSSES.items()):
            command = [f"data.train={path}", "data=csv", "task=language_model", "task.window=64", "test=false"]
            options = [*chosen, f"trainer.max_epochs={EPOCHS}", f"hydra.run.dir={folder}/{number}"]
            results = recurra.train([*command, *options])
            rows.append(
                {
                    "loss": loss,
                    "validation perplexity": results.validation["perplexity"],
                    "tokens/s": int(results.tokens_per_second),
                    "seconds": int(results.train_seconds),
                }
            )
    return rows


def main() -> None:
    """Two tables."""
    show("sampled_nce_speed", f"A training step, {ROWS} x {WINDOW} tokens; median of {ROUNDS}", speed())
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/mr/mr.csv")
    if not path.is_file():
        print(f"bench-sampled_nce: {path} is not there; what is learnt was not measured")
        return
    show("sampled_nce", f"Words of {path.stem}, {EPOCHS} epochs, by the full softmax", learnt(path))


if __name__ == "__main__":
    main()
