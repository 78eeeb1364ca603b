"""Real tokens a second of training, against the usual loops and the machine's limit. `make bench-throughput`.

One round measures every way once, a few batches each, so that a machine that slows down slows all of them; what is
printed is the median over rounds. Padding does not count as a token. Per encoder:

- fixed: the usual loop in plain PyTorch: every text padded to 256, embedding, nn.X in both directions, output at the
  last step;
- packed: the same on PackedSequence, each batch as long as its longest text;
- bare: a plain PyTorch loop over Recurra's own batches and model;
- ours: the Lightning run that `recurra-train` makes, loggers and callbacks included.
"""

import logging
import statistics
import warnings
from itertools import islice
from typing import Any

import torch
from lightning_loops import Bare, bare_seconds, empty_step, ours
from limit import GATES, recurrence_rate, sgemm_rate
from table import show
from usual import CELLS, SIZE, Usual, random_batches, usual_rate
from workload import LONGEST, config, data, module

ROUNDS = 5
ROWS = 4000
BATCH = 64
BATCHES = 12  # of Recurra's own a measurement
FIXED_BATCHES = 3  # each has 256 steps a text


def measured(name: str, settings: dict[str, Any], made: Any) -> dict[str, float]:
    """One round of one encoder: rates, and how much longer an epoch and a step are under Lightning."""
    built = module(settings, made)
    vocabulary = made.tokenizer.size
    found: dict[str, float] = {}
    for way, packed, width, count in (("fixed", False, LONGEST, FIXED_BATCHES), ("packed", True, None, BATCHES // 2)):
        batches = list(islice(random_batches(made, BATCH, width), count + 1))
        found[way] = usual_rate(Usual(CELLS[name], vocabulary, packed), batches)
    seconds, read = bare_seconds(Bare(built), settings, made.train_dataloader(), BATCHES)
    found["bare"] = read / seconds
    watch = ours(settings, module(settings, made), made, BATCHES)
    found["ours"] = watch.tokens / watch.seconds
    return found


def overheads(settings: dict[str, Any], made: Any, count: int) -> dict[str, float]:
    """What Lightning and Recurra's callbacks add to a step, against an empty module: a tiny model shows it best."""
    tiny = {**settings, "model": {**settings["model"], "hidden_size": 1}}
    bare, _ = bare_seconds(Bare(module(tiny, made)), tiny, made.train_dataloader(), count)
    watch = ours(tiny, module(tiny, made), made, count)
    return {"ours": watch.seconds / watch.steps - bare / count, "empty": empty_step(settings, count)}


def median(rounds: list[dict[str, float]], key: str) -> float:
    return statistics.median(each[key] for each in rounds)


def ratio(rounds: list[dict[str, float]], one: str, other: str) -> float:
    return statistics.median(each[one] / each[other] for each in rounds)


def main() -> None:
    """Three tables."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    torch.set_flush_denormal(True)
    settings = {name: config(f"model={name}", "trainer=cpu") for name in CELLS}
    made = data(ROWS, settings["lstm"], batch_size=BATCH)
    measure: dict[str, list[dict[str, float]]] = {name: [] for name in CELLS}
    limits: dict[str, list[dict[str, float]]] = {f"{name} {size}": [] for name in GATES for size in (128, 256)}
    steps: list[dict[str, float]] = []
    for number in range(ROUNDS + 1):
        for name in CELLS:
            found = measured(name, settings[name], made)
            if number:  # the first round warms up
                measure[name].append(found)
        for key in limits:
            name, size = key.split()
            found = {"ours": recurrence_rate(name, int(size), BATCH), "sgemm": sgemm_rate()}
            if number:
                limits[key].append(found)
        found = overheads(settings["lstm"], made, 60)
        if number:
            steps.append(found)
    show(
        "throughput",
        f"Training, {SIZE} units, batch {BATCH}, {torch.get_num_threads()} threads; median of {ROUNDS} rounds",
        [
            {
                "encoder": name,
                "tokens/s": int(median(rounds, "ours")),
                "x fixed": ratio(rounds, "ours", "fixed"),
                "x packed": ratio(rounds, "ours", "packed"),
                "epoch, of bare loop": ratio(rounds, "bare", "ours"),
            }
            for name, rounds in measure.items()
        ],
    )
    show(
        "throughput_limit",
        "Recurrent layers alone, forward and backward, of the machine's sgemm rate",
        [
            {
                "cell and size": key,
                "of sgemm": ratio(rounds, "ours", "sgemm"),
                "sgemm GFLOP/s": median(rounds, "sgemm") / 1e9,
            }
            for key, rounds in limits.items()
        ],
    )
    show(
        "throughput_step",
        "What a step costs beside the model",
        [
            {
                "Recurra under Lightning, ms": 1e3 * median(steps, "ours"),
                "empty LightningModule, ms": 1e3 * median(steps, "empty"),
                "more, ms": 1e3 * statistics.median(each["ours"] - each["empty"] for each in steps),
            }
        ],
    )


if __name__ == "__main__":
    main()
