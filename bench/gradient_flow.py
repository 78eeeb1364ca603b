"""What `callbacks=gradient_flow` adds to training when it looks at each 100th step. `make bench-gradient_flow`.

Recurra's training, with the callbacks and the logger of its runs, once with it and once without, in turn; both have
the 100 steps from one look to the next. Texts have 45 words in the mean and 256 at most, as in `make bench-throughput`.
"""

from recurra.process import settle

settle()  # before torch is there

import statistics
from itertools import pairwise
from typing import Any

from lightning_loops import prepare, trained
from table import show
from workload import config, data, module

from recurra.callbacks import GradientFlow

ROUNDS = 5
STEPS = 100
BATCH = 32
MODELS = ("rnn", "lstm")


def measured(settings: dict[str, Any], made: Any, seed: int) -> dict[str, float]:
    """One round, in seconds: all steps in both ways, and what the step with the look takes beyond the others."""
    made.seed = seed  # each round looks at texts of another length
    without = trained(settings, module(settings, made), made, STEPS)
    watch = trained(settings, module(settings, made), made, STEPS, more=[GradientFlow(every_n_steps=STEPS)])
    steps = [later - sooner for sooner, later in pairwise(watch.times)]
    return {
        "without": without.seconds,
        "with": watch.seconds,
        "look": steps[-1] - statistics.median(steps),
        "ratio": watch.seconds / without.seconds,
    }


def main() -> None:
    """One table."""
    prepare()
    settings = {name: config(f"model={name}", "trainer=cpu") for name in MODELS}
    made = data(BATCH * (STEPS + 2) * 2, settings["lstm"], batch_size=BATCH)
    found = {name: [measured(settings[name], made, seed) for seed in range(ROUNDS + 1)][1:] for name in MODELS}
    rows = []
    for name, rounds in found.items():
        middle = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        rows.append(
            {
                "encoder": name,
                "a step without, ms": 1e3 * middle["without"] / STEPS,
                "a step with, ms": 1e3 * middle["with"] / STEPS,
                "one look, ms": 1e3 * middle["look"],
                "with / without": middle["ratio"],
            }
        )
    show("gradient_flow", f"Looking at each {STEPS}th step, 128 units, batch {BATCH}; median of {ROUNDS} rounds", rows)


if __name__ == "__main__":
    main()
