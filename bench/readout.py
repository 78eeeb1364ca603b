"""What the original TextRNN's readout costs: `make bench-readout`, half an hour on 2 cores.

`experiment=textrnn_original` with the readout at the last padded step (faithful) and with the true last states
(correct), all else equal: each data set with five seeds, as many epochs for both, the best of them by validation. A run
takes one thread, and as many go on at a time as there are cores. What `outputs/bench/readout_runs.json` holds is not
run again. Where the data are: `make bench-readout ARGS="--trec FOLDER --mr FILE --waimai FILE"`.
"""

import argparse
import statistics
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from runs import Figures, Runs, results
from table import OUTPUTS, show

SHARED = Path("../shared/data")
READOUTS = ("faithful", "correct")
ALWAYS = ("experiment=textrnn_original", "data=csv", "callbacks.early_stopping=null")


def parser() -> argparse.ArgumentParser:
    """Where the data sets are, and how much is run."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--trec", type=Path, default=SHARED / "trec", help="folder of train.csv and test.csv")
    made.add_argument("--mr", type=Path, default=SHARED / "mr" / "mr.csv")
    made.add_argument("--waimai", type=Path, default=SHARED / "waimai_10k" / "waimai_10k.csv")
    made.add_argument("--seeds", type=int, default=5)
    made.add_argument("--epochs", type=int, help="of every run; 30 for trec and 15 for the others if left out")
    return made


def data_sets(asked: argparse.Namespace) -> dict[str, list[str]]:
    """The overrides of each data set that is there; a word of those that are not."""
    files = {"trec": [asked.trec / "train.csv", asked.trec / "test.csv"], "mr": [asked.mr], "waimai": [asked.waimai]}
    lengths = {"trec": 32, "mr": 64, "waimai": 64}  # tokens: the power of two that holds nearly all texts
    found = {}
    for name, paths in files.items():
        if absent := [path for path in paths if not path.is_file()]:
            print(f"{name}: left out, there is no {absent[0]}; where is it? --{name}")
            continue
        given = [f"data.{split}={path.resolve()}" for split, path in zip(("train", "test"), paths, strict=False)]
        tokens = ["tokenizer=char"] if name == "waimai" else []
        epochs = asked.epochs or (30 if name == "trec" else 15)
        found[name] = [*given, *tokens, f"data.max_length={lengths[name]}", f"trainer.max_epochs={epochs}"]
    return found


def figures(overrides: Sequence[str]) -> Figures:
    """What is kept of a run."""
    found = results(overrides)
    test = found["test"]
    return {"accuracy": test["accuracy"], "f1_macro": test["f1_macro"], "seconds": found["train_seconds"]}


def spread(runs: list[Figures], figure: str) -> str:
    """Mean ± standard deviation over the seeds."""
    values = [run[figure] for run in runs]
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0:.3f}"


def main() -> None:
    """One table."""
    asked = parser().parse_args()
    sets = data_sets(asked)
    every = {
        (name, readout): [[*sets[name], f"model.readout={readout}", f"seed={seed}"] for seed in range(asked.seeds)]
        for name, readout in product(sets, READOUTS)
    }
    orders = {" ".join(own): [*ALWAYS, *own] for seeds in every.values() for own in seeds}
    done = Runs(OUTPUTS / "readout_runs.json", figures).do(orders)
    found = {key: [done[" ".join(own)] for own in seeds] for key, seeds in every.items()}
    if found:
        show(
            "readout",
            f"TextRNN's readout, accuracy and macro-F1 of test, mean ± sd of {asked.seeds} seeds",
            [
                {
                    "data": name,
                    "readout": readout,
                    "accuracy": spread(runs, "accuracy"),
                    "f1_macro": spread(runs, "f1_macro"),
                    "seconds a run": round(statistics.mean(run["seconds"] for run in runs)),
                }
                for (name, readout), runs in found.items()
            ],
        )


if __name__ == "__main__":
    main()
