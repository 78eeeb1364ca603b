"""What each logger adds to a training step, where the model itself costs next to nothing. `make bench-loggers`.

Recurra's training with the callbacks of its runs, once with no logger and once with each, in turn; every tenth step is
logged, as in a run. Of a round the mean step is taken, since most steps log nothing. W&B is offline, and MLflow writes
into a file.
"""

from recurra.process import settle

settle()  # before torch is there

import os
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lightning_loops import prepare, trained
from step_cost import deaf
from table import show
from workload import config, data

from recurra import build
from recurra.loggers.ending import ended
from recurra.results import Results

ROUNDS = 7
STEPS = 400
CHOICES = ("null", "csv", "tensorboard", "wandb", "mlflow", "[wandb,tensorboard,mlflow]")


def step(settings: dict[str, Any], made: Any) -> float:
    """Seconds of a mean step, with the loggers of the settings."""
    results = Results("", "lstm", "random", "classification", 0, status="finished")
    with TemporaryDirectory() as folder, ended(results) as loggers:
        loggers += build.loggers(settings, Path(folder), {"name": "bench", "tags": [], "config": {}})
        return trained(settings, deaf(settings, made), made, STEPS, loggers=lambda _: loggers).seconds / STEPS


def main() -> None:
    """One table."""
    os.environ["WANDB_MODE"] = "offline"
    prepare()
    settings = {choice: config(f"logger={choice}", "trainer=cpu") for choice in CHOICES}
    made = data(32 * (STEPS + 2), settings["csv"], batch_size=32)
    measured = [{choice: step(settings[choice], made) for choice in CHOICES} for _ in range(ROUNDS + 1)][1:]
    show(
        "loggers",
        f"Loggers, a step in {STEPS} of which each tenth is logged; median of {ROUNDS} rounds",
        [
            {
                "logger": choice.strip("[]"),  # brackets would be taken for a style
                "a step, ms": 1e3 * statistics.median(each[choice] for each in measured),
                "added by it, ms": 1e3 * statistics.median(each[choice] - each["null"] for each in measured),
            }
            for choice in CHOICES
        ],
    )


if __name__ == "__main__":
    main()
