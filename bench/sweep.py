"""Trials of a sweep in processes, against Hydra's own launcher and a loop of the shell. `make bench-sweep`.

Each is typed as a person types it, in a process of its own, in turn. A second table tells what the launcher itself
costs: jobs that do nothing, one at a time, against the same in Hydra's launcher. A sweep hands over what was composed
when its jobs were checked; what composing takes is counted for both.
A short version: `make bench-sweep ARGS="--rounds 1 --trials 4"`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from clock import seconds
from data import write
from hydra import initialize_config_module
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig
from table import show

from recurra.commands.plugins import register_plugins
from recurra.sweeps.launching import Job, StreamingLauncher

ROWS = 2000
SMALL = ["model.hidden_size=64", "embedding.size=64", "auxiliary=none", "trainer.max_epochs=2"]
RUN = ["data=csv", "data.train=texts.csv", *SMALL]
QUIET = ["logger=null", "trainer.accelerator=cpu", "trainer.enable_progress_bar=false"]
JOBS = 20  # that do nothing
PROCESSES, BASIC, LOOP = "hydra/launcher=processes, n_jobs=2", "hydra/launcher=basic", "a loop of commands"


def command(*arguments: str) -> None:
    """One, with the file in its folder and a cache of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "recurra.commands.train", *RUN, *QUIET, *arguments], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)


def sweep(trials: int, *launcher: str) -> float:
    """Seconds of one."""
    return seconds(command, "-m", f"seed=range({trials})", *launcher)


def loop(trials: int) -> float:
    """Seconds of a loop, from five of its commands at most."""
    made = min(trials, 5)
    return sum(seconds(command, f"seed={seed}") for seed in range(made)) * trials / made


def launcher(*typed: str) -> Launcher:
    """One that has been set up, for jobs that do nothing."""
    with initialize_config_module("recurra.conf", version_base="1.3"):
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        config = hydra.compose_config("train", ["hydra.sweep.dir=nothing", *typed], run_mode=RunMode.MULTIRUN)
        context = HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks())
    return Plugins.instance().instantiate_launcher(context, id, config)


def compose(launcher: Launcher, overrides: list[str]) -> DictConfig:
    """As Hydra's own launcher does."""
    config: DictConfig = launcher.hydra_context.config_loader.load_sweep_config(launcher.config, overrides)
    return config


def own_costs(rounds: int) -> list[float]:
    """Seconds a job, of each round."""
    processes = launcher("hydra/launcher=processes", "hydra.launcher.n_jobs=1")
    assert isinstance(processes, StreamingLauncher)
    basic = launcher("hydra/launcher=basic")
    jobs = [[f"seed={seed}", "hydra.sweep.subdir=0"] for seed in range(JOBS)]
    processes.launch(jobs[:2], 0)  # waits for the server
    basic.launch(jobs[:2], 0)

    def ours() -> None:
        composed = (Job(number, job, config=compose(basic, job)) for number, job in enumerate(jobs))
        assert all(ended.reason is None for ended in processes.stream(lambda: next(composed, None)))

    return [(seconds(ours) - seconds(basic.launch, jobs, 0)) / JOBS for _ in range(rounds)]


def main() -> None:
    """Two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=20)
    asked = parser.parse_args()
    ways: dict[str, Callable[[], float]] = {
        PROCESSES: lambda: sweep(asked.trials, "hydra/launcher=processes", "hydra.launcher.n_jobs=2"),
        BASIC: lambda: sweep(asked.trials, "hydra/sweeper=basic", "hydra/launcher=basic"),
        LOOP: lambda: loop(asked.trials),
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["RECURRA_CACHE"] = folder
        write(Path("texts.csv"), ROWS)
        command("trainer.max_steps=1")  # the token store
        found = [{name: way() for name, way in ways.items()} for _ in range(asked.rounds)]
        register_plugins()
        own = own_costs(asked.rounds)
        os.chdir("/")
    show(
        "sweep",
        f"{asked.trials} trials of an LSTM of 64 units, median of {asked.rounds} rounds; of the loop 5 were run",
        [
            {
                "how": name,
                "seconds": statistics.median(each[name] for each in found),
                "times as long as in processes": statistics.median(each[name] / each[PROCESSES] for each in found),
            }
            for name in ways
        ],
    )
    show(
        "sweep_own_cost",
        f"The launcher itself, median of {asked.rounds} rounds of {JOBS} jobs",
        [{"": "ms a job beside what Hydra does", "ms": 1000 * statistics.median(own)}],
    )


if __name__ == "__main__":
    main()
