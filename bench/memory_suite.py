"""Which encoder remembers how far back: runs of experiment=memory_suite, a table, and one picture.

    bench/memory_suite.py --data adding --lengths 50 150 400 --longest 1000

Two runs at a time, on one core each. Typed again, it goes on with what was interrupted, leaves what is finished alone,
and draws what there is. Whatever else stands on the command line are overrides for every run.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from memory_picture import draw
from memory_run import Run
from table import show

OUTPUTS = Path(__file__).parent.parent / "outputs" / "memory_suite"
ENCODERS = {
    "tanh RNN": ["model=rnn"],
    "ReLU RNN, identity": [
        "model=rnn",
        "model.nonlinearity=relu",
        "model.recurrent_init=identity",
        "model.input_sd=0.001",
    ],
    "LSTM, forget bias 0": ["model=lstm", "model.forget_bias=0.0"],
    "LSTM, forget bias 1": ["model=lstm", "model.forget_bias=1.0"],
    "LSTM, chrono": ["model=lstm", "model.chrono={length}"],
    "GRU": ["model=gru"],
}
"""What each is called, and how it is asked for; `{length}` is that of the sequences."""


def folder_of(base: Path, encoder: str, length: int) -> Path:
    """Where a run has its files."""
    return base / str(length) / "".join(c if c.isalnum() else "_" for c in encoder)


def do(encoder: str, length: int, folder: Path, overrides: Sequence[str]) -> None:
    """Begins a run, goes on with it, or leaves it alone if it is finished."""
    run = Run.read(encoder, length, folder)
    if run is not None and run.finished:
        return
    last = folder / "checkpoints" / "last.ckpt"
    own = [option.format(length=length) for option in ENCODERS[encoder]]
    fresh = ["experiment=memory_suite", f"data.length={length}", *own, *overrides, f"hydra.run.dir={folder}"]
    print(f"{encoder}, {length} steps: {'goes on' if last.exists() else 'begins'}", flush=True)
    subprocess.run(
        [sys.executable, "-m", "recurra.commands.train", *([f"resume={last}"] if last.exists() else fresh)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def suite(base: Path, encoders: Sequence[str], lengths: Sequence[int], at_once: int, overrides: Sequence[str]) -> None:
    """Does every encoder with every length; the first mistake or Ctrl-C ends it."""
    with ThreadPoolExecutor(at_once) as pool:
        jobs = [
            pool.submit(do, encoder, length, folder_of(base, encoder, length), overrides)
            for length, encoder in product(lengths, encoders)
        ]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def main() -> None:
    """All runs, the table and the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=("adding", "temporal_order", "copy"), default="adding")
    parser.add_argument("--lengths", type=int, nargs="+", default=[50, 150, 400], metavar="STEPS")
    parser.add_argument("--longest", type=int, metavar="STEPS", help="for those alone that solved the longest of these")
    parser.add_argument("--encoders", nargs="+", choices=ENCODERS, default=list(ENCODERS))
    parser.add_argument("--at-once", type=int, default=2, help="runs at a time (2)")
    parser.add_argument("--folder", type=Path, default=OUTPUTS, help="of all runs and the picture")
    asked, overrides = parser.parse_known_args()
    base = asked.folder.resolve() / asked.data
    lengths, overrides = sorted(asked.lengths), [f"data={asked.data}", *overrides]
    suite(base, asked.encoders, lengths, asked.at_once, overrides)
    if asked.longest:
        longest = {each: Run.read(each, lengths[-1], folder_of(base, each, lengths[-1])) for each in asked.encoders}
        able = [each for each, run in longest.items() if run is not None and run.solved_after is not None]
        suite(base, able, [asked.longest], asked.at_once, overrides)
        lengths.append(asked.longest)
    runs = [
        run
        for length, encoder in product(lengths, asked.encoders)
        if (run := Run.read(encoder, length, folder_of(base, encoder, length))) is not None
    ]
    show(f"memory_{asked.data}", f"{asked.data}: {runs[0].level.told()}", [run.row() for run in runs])
    draw(base / "memory_suite.png", asked.data, runs)


if __name__ == "__main__":
    main()
