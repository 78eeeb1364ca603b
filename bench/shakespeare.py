"""How soon each cell learns to predict Shakespeare's next letter: `bench/shakespeare.py [TEXT] [EPOCHS]`.

Draws loss against minutes into outputs/bench/shakespeare.png. TEXT is the megabyte of tiny Shakespeare (default:
../shared/data/tinyshakespeare/input.txt); nine epochs of three models take an hour on two cores.
"""

from recurra.process import settle

settle()  # before torch is there

import csv
import sys
import tempfile
from pathlib import Path

from table import OUTPUTS

import recurra
from recurra import pictures

MODELS = {"rnn": "tanh RNN", "gru": "GRU", "lstm": "LSTM"}


def curve(model: str, text: str, epochs: int, folder: str) -> dict[str, list[tuple[float, float]]]:
    """Minutes and nats a character, in training and at the end of each epoch in validation."""
    command = ["experiment=shakespeare_char", f"data.train={text}", f"model={model}", f"trainer.max_epochs={epochs}"]
    results = recurra.train([*command, f"hydra.run.dir={folder}/{model}"])
    minutes = results.train_seconds / 60 / results.steps
    with open(Path(results.folder, "metrics.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: [(minutes * (int(row["step"]) + 1), float(row[name])) for row in rows if row.get(name)]
        for name in ("train/loss", "val/loss")
    }


def main() -> None:
    """One panel: a colour a model."""
    text = sys.argv[1] if len(sys.argv) > 1 else "../shared/data/tinyshakespeare/input.txt"
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    if not Path(text).is_file():
        print(f"shakespeare.py: {text} is not there; nothing was measured")
        return
    figure = pictures.blank(7, 4)
    axes = figure.subplots()
    with tempfile.TemporaryDirectory() as folder:
        for number, (model, name) in enumerate(MODELS.items()):
            found = curve(model, text, epochs, folder)
            axes.plot(*zip(*found["train/loss"], strict=True), color=f"C{number}", linewidth=0.8, alpha=0.5)
            axes.plot(*zip(*found["val/loss"], strict=True), color=f"C{number}", marker="o", label=name)
    axes.set(xlabel="minutes of training on two cores", ylabel="nats a character", ylim=(1.2, 3.0))
    axes.set_title("next character: validation (dots) and training (thin)")
    axes.grid(alpha=0.3)
    axes.legend()
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    figure.savefig(OUTPUTS / "shakespeare.png", dpi=120)


if __name__ == "__main__":
    main()
