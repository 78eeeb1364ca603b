"""What a language model's weights give a classifier that has few labelled texts. `make bench-pretraining`.

A language model reads the texts of a CSV file (default: MR), labels left alone, but for those of the test. Then
classifiers learn from 500 labelled ones, drawn anew each time: from scratch, from scratch with the language model's
vocabulary, and from its weights. Test accuracy, mean and standard deviation over the draws, and the paired difference.

    python bench/pretraining.py [../shared/data/mr/mr.csv]
"""

from recurra.process import settle

settle()  # before torch is there

import csv
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from table import show

import recurra

DRAWS, LABELLED, TEST = 5, 500, 2000
LM_EPOCHS, EPOCHS = 8, 12

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
    found: dict[str, list[float]] = {"from scratch": [], "with its vocabulary": [], "from its weights": []}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        test, rest = write(place / "test.csv", rows[:TEST]), rows[TEST:]
        texts = ["data=csv", f"data.train={write(place / 'texts.csv', rest)}", "task=language_model", "test=false"]
        model = recurra.train(
            [*texts, "task.window=64", f"trainer.max_epochs={LM_EPOCHS}", f"hydra.run.dir={place}/lm"]
        )
        for draw in range(DRAWS):
            labelled = write(place / f"labelled{draw}.csv", random.Random(draw).sample(rest, LABELLED))
            command = ["data=csv", f"data.train={labelled}", f"data.test={test}", f"seed={draw}"]
            command += ["data.validation_share=0.2", f"trainer.max_epochs={EPOCHS}"]
            theirs = ["tokenizer=checkpoint", f"tokenizer.path={model.best_checkpoint}"]
            ways = {"with its vocabulary": theirs, "from its weights": [*theirs, f"init_from={model.best_checkpoint}"]}
            for way in found:
                run = f"hydra.run.dir={place}/{way.replace(' ', '_')}{draw}"
                found[way].append(recurra.train([*command, *ways.get(way, []), run]).test["accuracy"])
    scratch = found["from scratch"]
    title = f"{path.stem}: {LABELLED} labelled texts, {TEST} to test, {DRAWS} draws"
    show(
        "pretraining",
        f"{title}; perplexity of the language model {model.validation['perplexity']:.0f}",
        [
            {
                "classifier": way,
                "accuracy": f"{100 * statistics.mean(scores):.1f} ± {100 * statistics.stdev(scores):.1f}",
                "above scratch": f"{100 * statistics.mean(a - b for a, b in zip(scores, scratch, strict=True)):+.1f}",
                "draws": ", ".join(f"{100 * score:.1f}" for score in scores),
            }
            for way, scores in found.items()
        ],
    )


if __name__ == "__main__":
    main()
