"""What pruning saves: `make bench-pruning`, about half an hour on 2 cores.

The same search with and without `hydra/sweeper/pruner=`: random proposals, so that both make the same trials. Told are
the best score of validation, the epochs and the seconds of training. Two searches go on at a time, a thread each; one
that was stopped goes on. Where the data are: `make bench-pruning ARGS="--trec FOLDER --waimai FILE"`.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from table import OUTPUTS, show

SHARED = Path("../shared/data")
PRUNERS = ("none", "median", "asha", "hyperband")
SEARCH = (
    "model=choice(rnn,lstm,gru,textrnn)",
    "model.hidden_size=choice(32,64,128)",
    "optimizer.lr=tag(log,interval(1e-4,2e-2))",
    "embedding.dropout=interval(0,0.6)",
    "task.dropout=interval(0,0.6)",
)


def parser() -> argparse.ArgumentParser:
    """Where the data sets are, and how much is run."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--trec", type=Path, default=SHARED / "trec", help="folder of train.csv and test.csv")
    made.add_argument("--waimai", type=Path, default=SHARED / "waimai_10k" / "waimai_10k.csv")
    made.add_argument("--trials", type=int, default=20)
    made.add_argument("--epochs", type=int, default=9)
    made.add_argument("--pruners", nargs="+", default=PRUNERS, choices=PRUNERS)
    return made


def data_sets(asked: argparse.Namespace) -> dict[str, list[str]]:
    """The overrides of each data set that is there; a word of those that are not."""
    given = {
        "trec": ([asked.trec / "train.csv", asked.trec / "test.csv"], ["data.max_length=32"]),
        "waimai": ([asked.waimai], ["tokenizer=char", "data.max_length=64"]),
    }
    found = {}
    for name, (paths, options) in given.items():
        if absent := [path for path in paths if not path.is_file()]:
            print(f"{name}: left out, there is no {absent[0]}; where is it? --{name}")
            continue
        files = [f"data.{split}={path.resolve()}" for split, path in zip(("train", "test"), paths, strict=False)]
        found[name] = ["data=csv", "auxiliary=none", *files, *options]
    return found


def searched(folder: Path, overrides: list[str]) -> list[dict[str, Any]]:
    """The results of every trial."""
    command = [sys.executable, "-m", "recurra.commands.train", "-m", *overrides, f"hydra.sweep.dir={folder}"]
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*/results.json")]


def main() -> None:
    """One table."""
    asked = parser().parse_args()
    budget = [
        f"hydra.sweeper.n_trials={asked.trials}",
        f"trainer.max_epochs={asked.epochs}",
        "hydra/sweeper/sampler=random",
    ]
    always = [*budget, *SEARCH, "test=false", "logger=null", "callbacks.early_stopping=null"]
    searches = {
        (name, pruner): (OUTPUTS / "pruning" / f"{name}-{pruner}", [*own, *always, f"hydra/sweeper/pruner={pruner}"])
        for name, own in data_sets(asked).items()
        for pruner in asked.pruners
    }
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(searches, pool.map(lambda given: searched(*given), searches.values()), strict=True))
    rows = []
    for (name, pruner), trials in results.items():
        seconds = sum(trial["train_seconds"] for trial in trials)
        best = max(trial["validation"]["f1_macro"] for trial in trials if trial["status"] == "finished")
        epochs = sum(trial["epochs"] for trial in trials)
        whole = sum(trial["epochs"] for trial in results.get((name, "none"), trials))
        rows.append(
            {
                "data": name,
                "pruner": pruner,
                "trials": len(trials),
                "pruned": sum(trial["status"] == "pruned" for trial in trials),
                "best f1_macro": f"{best:.4f}",
                "epochs": epochs,
                "seconds": round(seconds),
                "share of epochs": f"{epochs / whole:.2f}",
            }
        )
    if rows:
        show("pruning", f"The same {asked.trials} trials, pruned or not: best of validation, seconds of training", rows)


if __name__ == "__main__":
    main()
