"""Every task with every encoder that fits it, on real data: `make bench-overview`, half an hour on 2 cores.

A run takes one thread, and as many go on at a time as there are cores. What `outputs/bench/overview_runs.json` holds is
not run again. Whatever else stands on the command line are overrides for every run, so that a short try is

    make bench-overview ARGS="--paragraphs 200 trainer.max_epochs=1"

and the tables of the tour's pages are made by

    make bench-overview ARGS="--pages docs/measured"
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from itertools import chain, groupby
from pathlib import Path

from questions import ALL, Files, Question, of_tags, of_texts, of_words
from runs import Figures, Runs, results
from table import OUTPUTS, markdown, show, write_pages

from recurra.errors import DataError

SHARED = Path("../shared/data")


def parser() -> argparse.ArgumentParser:
    """Where the data sets are, and how much is run."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--trec", type=Path, default=SHARED / "trec", help="folder of train.csv and test.csv")
    made.add_argument("--mr", type=Path, default=SHARED / "mr" / "mr.csv")
    made.add_argument("--waimai", type=Path, default=SHARED / "waimai_10k" / "waimai_10k.csv")
    made.add_argument("--paragraphs", type=int, default=3000, help="of the People's Daily (3000)")
    made.add_argument("--seeds", type=int, default=1)
    made.add_argument("--tasks", nargs="+", metavar="TASK", help="these alone")
    made.add_argument("--pages", type=Path, metavar="FOLDER", help="a table a task as Markdown into it, too")
    return made


def questions(asked: argparse.Namespace, folder: Path) -> list[Question]:
    """Those whose data is there; a word of the others."""
    mr: Files = {"train": asked.mr}
    trec: Files = {"train": asked.trec / "train.csv", "test": asked.trec / "test.csv"}
    found = [*of_texts(trec, mr, {"train": asked.waimai}), *of_words(mr)]
    try:
        found += of_tags(asked.paragraphs, folder)
    except DataError as error:
        print(f"multilabel, tagging: left out. {error}")
    for question in list(found):
        absent = [path for path in question.files.values() if not path.is_file()]
        if absent:
            print(f"{question.task}, {question.data}: left out, there is no {absent[0]}")
        if absent or (asked.tasks and question.task not in asked.tasks):
            found.remove(question)
    return found


def figures(overrides: Sequence[str]) -> Figures:
    """What is kept of a run: its numbers."""
    found = results(overrides)
    scores = {
        f"{split}/{name}": value
        for split in ("validation", "test")
        for name, value in found[split].items()
        if isinstance(value, int | float)
    }
    return {"seconds": found["train_seconds"], **scores}


def told(values: Sequence[float]) -> str:
    """The mean over the seeds, ± their standard deviation where there are several."""
    digits = 3 if max(values) < 10 else 0
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def runs_of(question: Question, seeds: int, overrides: Sequence[str]) -> dict[str, list[list[str]]]:
    """What each encoder's runs, one a seed, add to the question's overrides."""
    return {
        encoder: [[f"model={encoder}", f"seed={seed}", *overrides] for seed in range(seeds)]
        for encoder in question.encoders
    }


def rows(question: Question, found: dict[str, list[Figures]]) -> list[dict[str, str]]:
    """A row a figure, with a column for each encoder; `found` has the figures of its runs."""
    return [
        {
            "task": question.task,
            "data": question.data,
            "figure": figure.rpartition("/")[2],
            **{each: told([run[figure] for run in found[each]]) if each in found else "" for each in ALL},
        }
        for figure in (*question.figures, "seconds")
    ]


def page(table: Sequence[dict[str, str]]) -> str:
    """Rows as Markdown, words that a language has left out; an encoder that does not fit has no column."""
    encoders = [each for each in ALL if any(row[each] for row in table)]
    lines = [[row["data"], f"`{row['figure']}`", *(row[each] for each in encoders)] for row in table]
    return markdown(["", "", *(f"`{each}`" for each in encoders)], lines, left=2)


def main() -> None:
    """One table."""
    asked, overrides = parser().parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        every = [(each, runs_of(each, asked.seeds, overrides)) for each in questions(asked, Path(folder))]
        orders = {
            question.name(*own): question.order(*own)
            for question, runs in every
            for own in chain.from_iterable(runs.values())
        }
        found = Runs(OUTPUTS / "overview_runs.json", figures).do(orders)
    table = [
        row
        for question, runs in every
        for row in rows(question, {each: [found[question.name(*own)] for own in runs[each]] for each in runs})
    ]
    if table:
        show("overview", f"Every task with every encoder that fits it; seeds: {asked.seeds}", table)
    by_task = groupby(table, key=lambda row: row["task"])
    write_pages(asked.pages, {task: page(list(own)) for task, own in by_task})


if __name__ == "__main__":
    main()
