"""What a language model's weights give a classifier that has few labelled texts. `make bench-pretraining`.

Two models read the texts of a CSV file (default: MR) without their labels, but for those of the test: one tells the
next word, one the missing word. Then classifiers learn from 500 labelled texts, drawn anew each time: from scratch,
from scratch with their vocabulary, and from the weights of each. Test accuracy, mean and standard deviation over the
draws, and the mean of what each draw gains with its standard error. A quarter of an hour on one core.

    python bench/pretraining.py [../shared/data/mr/mr.csv]
"""

from recurra.process import settle

settle()  # before torch is there

import csv
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from spread import gain, spread
from table import show

import recurra

DRAWS, LABELLED, TEST = 10, 500, 2000
PRETRAINING = {
    "next word": ["task=language_model", "loss=log_loss", "task.window=64", "trainer.max_epochs=12"],
    "missing word": ["task=cloze", "trainer.max_epochs=30"],
}
CLASSIFIER = [
    *("auxiliary=none", "model.pooling=[mean,max]"),
    *("data.validation_share=0.2", "data.batch_size=16", "trainer.max_epochs=20"),
]

Row = dict[str, str]


def write(path: Path, rows: Sequence[Row]) -> str:
    """Rows as CSV."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["label", "text"])
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def main() -> None:
    """One table."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/mr/mr.csv")
    if not path.is_file():
        print(f"bench-pretraining: {path} is not there; nothing was measured")
        return
    with open(path, encoding="utf-8", newline="") as file:
        rows = list({row["text"]: row for row in csv.DictReader(file)}.values())
    random.Random(0).shuffle(rows)
    ways: dict[str, list[str]] = {"from scratch": []}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        test, rest = write(place / "test.csv", rows[:TEST]), rows[TEST:]
        texts = ["data=csv", f"data.train={write(place / 'texts.csv', rest)}", "test=false"]
        for name, asked in PRETRAINING.items():
            model = recurra.train([*texts, *asked, f"hydra.run.dir={place / name.replace(' ', '_')}"])
            theirs = ["tokenizer=checkpoint", f"tokenizer.path={model.best_checkpoint}"]
            perplexity = f"perplexity {model.validation['perplexity']:.0f}"
            ways.setdefault("from scratch, their vocabulary", theirs)
            ways[f"from the {name}, {perplexity}"] = [*theirs, f"init_from={model.best_checkpoint}"]
        found: dict[str, list[float]] = {way: [] for way in ways}
        for draw in range(DRAWS):
            labelled = write(place / f"labelled{draw}.csv", random.Random(draw).sample(rest, LABELLED))
            command = ["data=csv", f"data.train={labelled}", f"data.test={test}", f"seed={draw}", *CLASSIFIER]
            for number, (way, begun) in enumerate(ways.items()):
                run = f"hydra.run.dir={place}/{number}-{draw}"
                found[way].append(recurra.train([*command, *begun, run]).test["accuracy"])
    show(
        "pretraining",
        f"{path.stem}: {LABELLED} labelled texts, {TEST} to test, {DRAWS} draws",
        [
            {
                "classifier": way,
                "accuracy": spread(scores),
                "above scratch": gain(scores, found["from scratch"]),
                "draws": ", ".join(f"{100 * score:.1f}" for score in scores),
            }
            for way, scores in found.items()
        ],
    )


if __name__ == "__main__":
    main()
