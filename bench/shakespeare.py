"""How soon each cell learns to predict Shakespeare's next letter: `make bench-shakespeare ARGS="[TEXT]"`.

`experiment=shakespeare_char` with each cell, for as many epochs as take about ten minutes on two cores, since a
schedule that is cut short says little. Draws loss against minutes into outputs/bench/shakespeare.png. TEXT is the
megabyte of tiny Shakespeare (default: ../shared/data/tinyshakespeare/input.txt). What is finished in
outputs/bench/shakespeare is not run again.
"""

from recurra.process import settle

settle()  # before torch is there

import sys
from pathlib import Path
from typing import NamedTuple

from picture import save
from table import OUTPUTS, show

import recurra
from recurra import pictures
from recurra.results import Results

EPOCHS = {"rnn": 16, "gru": 6, "lstm": 12}
NAMES = {"rnn": "tanh RNN", "gru": "GRU", "lstm": "LSTM"}


class Curves(NamedTuple):
    """Of one run, (minutes, nats a character) in training and at the end of each epoch in validation."""

    results: Results
    train: list[tuple[float, float]]
    validation: list[tuple[float, float]]


def run(model: str, text: str) -> Curves:
    """One cell: its run, or what is left of it."""
    folder = OUTPUTS / "shakespeare" / model
    if not (folder / "results.json").is_file() or Results.load(folder).status != "finished":
        command = ["experiment=shakespeare_char", f"data.train={text}", f"model={model}"]
        recurra.train([*command, f"trainer.max_epochs={EPOCHS[model]}", f"hydra.run.dir={folder}"])
    results = Results.load(folder)
    if results.status != "finished":
        raise SystemExit(f"{model}: {results.status}")
    minutes = results.train_seconds / 60 / results.steps
    logged = pictures.curves(folder / "metrics.csv", ("train/loss", "val/loss"))
    train, validation = ([(minutes * (step + 1), loss) for step, loss in curve] for curve in logged.values())
    return Curves(results, train, validation)


def main() -> None:
    """A table, and one panel: a colour a cell."""
    text = sys.argv[1] if len(sys.argv) > 1 else "../shared/data/tinyshakespeare/input.txt"
    if not Path(text).is_file():
        print(f"shakespeare.py: {text} is not there; nothing was measured")
        return
    found = {model: run(model, text) for model in EPOCHS}
    figure = pictures.blank(7, 4)
    axes = figure.subplots()
    for number, (model, curves) in enumerate(found.items()):
        axes.plot(*zip(*curves.train, strict=True), color=f"C{number}", linewidth=0.8, alpha=0.5)
        axes.plot(*zip(*curves.validation, strict=True), color=f"C{number}", marker="o", label=NAMES[model])
    axes.set(xlabel="minutes of training on two cores", ylabel="nats a character", ylim=(1.2, 3.0))
    axes.set_title("next character: validation (dots) and training (thin)")
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, OUTPUTS / "shakespeare.png")
    show(
        "shakespeare",
        "The next character of Shakespeare, two cores",
        [
            {
                "cell": NAMES[model],
                "parameters": curves.results.parameters,
                "epochs": curves.results.epochs,
                "minutes": curves.results.train_seconds / 60,
                "characters/s": int(curves.results.tokens_per_second),
                "nats a character": curves.results.validation["loss"],
            }
            for model, curves in found.items()
        ],
    )


if __name__ == "__main__":
    main()
