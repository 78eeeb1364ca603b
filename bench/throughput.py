"""Real tokens a second of training, against the usual loops and the machine's limit. `make bench-throughput`.

One round measures every way once, a few batches each, so that a machine that slows down slows all of them; what is
printed is the median over rounds. Padding does not count as a token. Per encoder:

- fixed: the usual loop in plain PyTorch, in a process of its own: every text padded to 256, embedding, nn.X in both
  directions, output at the last step;
- packed: the same on PackedSequence, each batch as long as its longest text;
- bare: a plain PyTorch loop over Recurra's own batches and model;
- ours: the Lightning run that `recurra-train` makes, loggers and callbacks included.
"""

from recurra.process import settle

settle()  # before torch is there

import statistics
from typing import Any

import torch
from lightning_loops import Bare, bare_seconds, prepare, trained
from limit import GATES, recurrence_rate, sgemm_rate
from peer import PEER, Peer
from step_cost import step_cost
from table import show
from usual import CELLS, SIZE
from worker import Worker
from workload import config, data, module

ROUNDS = 5
ROWS = 4000
BATCH = 64
BATCHES = 12  # of Recurra's own a measurement
FIXED_BATCHES = 3  # each has 256 steps a text
STEP_ROWS = 20_000  # enough batches for the cost of a step


def measured(name: str, settings: dict[str, Any], made: Any, peer: Peer) -> dict[str, float]:
    """One round of one encoder: the rates of all four ways."""
    seconds, read = bare_seconds(Bare(module(settings, made)), settings, made.train_dataloader(), BATCHES)
    watch = trained(settings, module(settings, made), made, BATCHES)
    return {
        "fixed": peer.training(name, packed=False, rows=ROWS, batch=BATCH, batches=FIXED_BATCHES),
        "packed": peer.training(name, packed=True, rows=ROWS, batch=BATCH, batches=BATCHES // 2),
        "bare": read / seconds,
        "ours": watch.tokens / watch.seconds,
    }


def median(rounds: list[dict[str, float]], key: str) -> float:
    return statistics.median(each[key] for each in rounds)


def ratio(rounds: list[dict[str, float]], one: str, other: str) -> float:
    return statistics.median(each[one] / each[other] for each in rounds)


def more(step: dict[str, float]) -> float:
    """What Recurra adds beyond what Lightning adds to an empty module."""
    return (step["ours"] - step["ours, plain"]) - (step["empty"] - step["empty, plain"])


def main() -> None:
    """Three tables."""
    prepare()
    settings = {name: config(f"model={name}", "trainer=cpu") for name in CELLS}
    made = data(ROWS, settings["lstm"], batch_size=BATCH)
    made_for_steps = data(STEP_ROWS, settings["lstm"], batch_size=BATCH)
    measure: dict[str, list[dict[str, float]]] = {name: [] for name in CELLS}
    limits: dict[str, list[dict[str, float]]] = {f"{name} {size}": [] for name in GATES for size in (128, 256)}
    steps: list[dict[str, float]] = []
    with Worker(PEER) as worker:
        peer = Peer(worker)
        for number in range(ROUNDS + 1):
            for name in CELLS:
                found = measured(name, settings[name], made, peer)
                if number:  # the first round warms up
                    measure[name].append(found)
            for key in limits:
                name, size = key.split()
                found = {"ours": recurrence_rate(name, int(size), BATCH), "sgemm": sgemm_rate()}
                if number:
                    limits[key].append(found)
            steps += [step_cost(settings["lstm"], made_for_steps) for _ in range(3)]
    step = {way: 1e3 * min(each[way] for each in steps) for way in steps[0]}
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
        f"A step that trains next to nothing; the fastest of {len(steps)} rounds",
        [{f"{way}, ms": cost for way, cost in step.items()} | {"more than empty, ms": more(step)}],
    )


if __name__ == "__main__":
    main()
