"""Which options suit a data set: `make bench-recipes`, three hours on 2 cores.

Validation alone is looked at, of rows that are in no test of bench/accuracy.py. First a search on each data set, by a
sweep: `hparams_search=recipe`, the same random trials everywhere, so that a trial also has a mean over the sets, and
all together tell what each option gives. Then the finals: the best trials of each set, those of the mean, and the
defaults, on other splits with other seeds, since the best of many was also the luckiest. What is done is not done
again; a search that was stopped goes on with trials of its own, which the other sets lack.

    make bench-recipes ARGS="--data trec mr --trials 20 --finals 2 --also 'model=gru' 'optimizer.lr=0.005'"
"""

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import chain, product
from pathlib import Path
from statistics import fmean
from typing import Any

import accuracy
from accuracy_rest import write_rest
from effects import effects
from runs import Figures, Runs, results
from spread import gain, spread
from table import OUTPUTS, drawn, markdown, write, write_pages

FOLDER = OUTPUTS / "recipes"
OWN = ("data.test_share=0", "data.validation_share=0.2", "test=false", "logger=null")
"""Of every run here."""

DEFAULTS: tuple[str, ...] = ()
"""The candidate that has no overrides."""

Trials = Mapping[tuple[str, ...], float]
"""Overrides, and the score of validation that they got."""


def searched(name: str, data: Sequence[str], trials: int) -> Trials:
    """The trials of one data set."""
    folder = FOLDER / name
    sweep = ["-m", "hparams_search=recipe", f"hydra.sweeper.n_trials={trials}", f"hydra.sweep.dir={folder}"]
    several = ["hydra/launcher=processes", "hydra.launcher.threads=1"]
    done = subprocess.run([sys.executable, "-m", "recurra.commands.train", *sweep, *several, *data])
    if done.returncode:
        raise SystemExit(done.returncode)
    found = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    return {typed(trial["parameters"]): trial["values"][0] for trial in found["trials"] if trial["values"]}


def typed(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Overrides with two digits, as one would write them into a recipe."""
    rounded = {name: f"{value:.2g}" if isinstance(value, float) else value for name, value in parameters.items()}
    return tuple(f"{name}={value}" for name, value in rounded.items())


def means(found: Mapping[str, Trials]) -> Trials:
    """Of the trials that all sets have: by how much each is better than the mean trial, in the mean over the sets."""
    shared = [trial for trial in next(iter(found.values())) if all(trial in own for own in found.values())]
    middle = {name: fmean(own[trial] for trial in shared) for name, own in found.items()}
    return {trial: fmean(own[trial] - middle[name] for name, own in found.items()) for trial in shared}


def best(trials: Trials, count: int) -> list[tuple[str, ...]]:
    """The first ones by score."""
    return sorted(trials, key=trials.__getitem__, reverse=True)[:count]


def put(name: str, title: str, rows: list[dict[str, str]], folder: Path | None) -> None:
    """Prints a table, and writes its files."""
    drawn(title, rows)
    write(f"recipes_{name}", title, rows)
    write_pages(folder, {name: markdown(list(rows[0]), [list(row.values()) for row in rows])})


def searches(found: Mapping[str, Trials], mean: Trials) -> list[dict[str, str]]:
    """What the trials got on each set, best first, and last those that some set lacks."""
    every = dict.fromkeys(chain(best(mean, len(mean)), *found.values()))
    return [
        {"mean": f"{100 * mean[trial]:+.1f}" if trial in mean else ""}
        | {name: f"{100 * own[trial]:.1f}" if trial in own else "" for name, own in found.items()}
        | options(trial)
        for trial in every
    ]


def options(trial: tuple[str, ...]) -> dict[str, str]:
    """The values of a trial by their options' names."""
    return dict(each.split("=", 1) for each in trial)


def given(found: Mapping[str, Trials]) -> list[dict[str, str]]:
    """What each option gives on each set that has more trials than options and one, a row an option."""
    rows: dict[str, dict[str, str]] = {}
    told = {place: trials for place, trials in found.items() if len(trials) > 1 + max(map(len, trials), default=0)}
    for place, trials in told.items():
        values = [{name: float(value) for name, value in options(trial).items()} for trial in trials]
        for name, (gained, error) in effects(values, list(trials.values())).items():
            rows.setdefault(name, {"option": name})[place] = f"{100 * gained:+.1f} ± {100 * error:.1f}"
    return list(rows.values())


def figures(overrides: Sequence[str]) -> Figures:
    """What is kept of a run of the finals."""
    found = results(overrides)
    return {"seconds": found["train_seconds"], **{name: found["validation"][name] for name in ("accuracy", "f1_macro")}}


def finals(
    sets: Mapping[str, Sequence[str]], candidates: Mapping[str, Sequence[tuple[str, ...]]], splits: int
) -> list[dict[str, str]]:
    """How good each candidate of a set is on splits that its search has not seen."""
    orders = {
        (name, candidate, split): [*sets[name], *candidate, f"data.split_seed={split}", f"seed={split}"]
        for split, name in product(range(1, splits + 1), sets)
        for candidate in candidates[name]
    }
    runs = Runs(OUTPUTS / "recipes_runs.json", figures)
    known = {place: f"{place[0]} split={place[2]} {' '.join(place[1])}".rstrip() for place in orders}
    runs.do({known[place]: order for place, order in orders.items()})
    rows = []
    for name in sets:
        scores = {
            candidate: [runs.known[known[name, candidate, split]] for split in range(1, splits + 1)]
            for candidate in candidates[name]
        }
        rows += [final(name, candidate, own, scores[DEFAULTS]) for candidate, own in scores.items()]
    return rows


def final(name: str, candidate: tuple[str, ...], own: Sequence[Figures], defaults: Sequence[Figures]) -> dict[str, str]:
    """A row: scores, and how much more than the defaults of the same split, with its standard error."""
    told = {"data": name}
    for score in ("accuracy", "f1_macro"):
        scores, others = ([run[score] for run in runs] for runs in (own, defaults))
        told[score] = spread(scores)
        told[f"{score} more"] = "" if own is defaults else gain(scores, others)
    return told | {"seconds": f"{fmean(run['seconds'] for run in own):.0f}", "candidate": " ".join(candidate)}


def beside(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The accuracies of the defaults, and what each other candidate gains, a row a candidate and a column a set."""
    sets = dict.fromkeys(row["data"] for row in rows)
    told: dict[str, dict[str, str]] = {}
    for row in rows:
        name = row["candidate"] or "the defaults"
        own = told.setdefault(name, {"candidate": name, **dict.fromkeys(sets, "")})
        own[row["data"]] = row["accuracy more"] or row["accuracy"]
    return list(told.values())


def main() -> None:
    """Searches, then finals."""
    made = accuracy.parser(__doc__)
    made.add_argument("--trials", type=int, default=20, help="of each search")
    made.add_argument("--finals", type=int, default=2, help="trials of each set, and of the mean, that come into them")
    made.add_argument("--also", nargs="*", default=(), type=shlex.split, metavar="OVERRIDES", help="other candidates")
    made.add_argument("--pages", type=Path, metavar="FOLDER", help="where to write the tables as Markdown, too")
    asked = made.parse_args()
    tested = range(made.get_default("splits"))  # of bench/accuracy.py, however many the finals have
    sets = {}
    for name, data in accuracy.data_sets(asked).items():
        rest = FOLDER / f"{name}.csv"
        if not rest.is_file():
            write_rest(rest, [[*data, *accuracy.cut(data, split)] for split in tested])
        sets[name] = ["data=csv", f"data.train={rest}", *OWN]
    found = {name: searched(name, data, asked.trials) for name, data in sets.items()}
    mean = means(found)
    title = "Searches: macro-F1 of validation in percent; mean: over the sets, from the mean of all trials"
    put("searches", title, searches(found, mean), asked.pages)
    title = "What each option gives from its lowest value to its highest, in points, ± standard error"
    if rows := given({**found, "mean": mean}):
        put("effects", title, rows, asked.pages)
    everywhere = [DEFAULTS, *map(tuple, asked.also), *best(mean, asked.finals)]
    candidates = {name: list(dict.fromkeys([*everywhere, *best(own, asked.finals)])) for name, own in found.items()}
    rows = finals(sets, candidates, asked.splits)
    drawn(f"Finals: validation of {asked.splits} other splits in percent, mean ± sd", rows)
    put("finals", "What each gains: points of accuracy, mean ± standard error", beside(rows), asked.pages)


if __name__ == "__main__":
    main()
