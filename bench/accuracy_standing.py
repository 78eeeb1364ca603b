"""How a model stands on a data set, from the runs that there are: means, errors, differences to its peers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from runs import Figures

from recurra.analysis.paired import Paired, by_place, paired
from recurra.tasks.tally import Tally, mean

PEERS = ("tfidf", "fasttext", "lstm")
"""What every model is compared with."""

ROWS = "rows"
"""In place of a model: which rows there are."""


class Key(NamedTuple):
    """What a run is known by."""

    data: str
    model: str
    split: int
    seed: int


Found = Mapping[Key, Figures]


@dataclass(frozen=True)
class Standing:
    """A model on a data set, or on all of them in the mean.

    Attributes:
        runs: of how many splits and seeds.
        scores: by split and name, such as `test/accuracy`, the mean over the runs and their standard deviation.
        error: the standard error of one accuracy of the last split, as its rows are drawn (binomial).
        versus: the difference of accuracies to each peer that there is, see `paired`.
        seconds: of training, of the fastest run: what else goes on on a machine only adds to it.
    """

    data: str
    model: str
    runs: int
    scores: dict[str, tuple[float, float]]
    error: float
    versus: dict[str, Paired]
    seconds: float
    parameters: float

    def told(self) -> dict[str, str]:
        """A row of a table, in percent."""
        scores = {
            name: f"{100 * middle:.1f} ± {100 * sd:.1f}" if self.runs > 1 else f"{100 * middle:.1f}"
            for name, (middle, sd) in self.scores.items()
        }
        differences = {
            f"- {peer}": f"{100 * found.mean:+z.1f} [{100 * found.low:+z.1f}, {100 * found.high:+z.1f}]"
            if (found := self.versus.get(peer))
            else ""
            for peer in PEERS
        }
        return {
            "model": self.model,
            "runs": str(self.runs),
            **scores,
            "binomial": f"{100 * self.error:.1f}",
            **differences,
            "seconds": f"{self.seconds:.0f}",
            "parameters": f"{self.parameters:,.0f}",
        }

    def kept(self) -> dict[str, Any]:
        """The same as numbers."""
        differences = {
            f"minus_{peer}": {"mean": found.mean, "low": found.low, "high": found.high}
            for peer, found in self.versus.items()
        }
        scores = {name: {"mean": middle, "sd": sd} for name, (middle, sd) in self.scores.items()}
        own = {name: getattr(self, name) for name in ("data", "model", "runs", "error", "seconds", "parameters")}
        return {**own, **scores, **differences}


def standing(found: Found, data: str, model: str, last: str) -> Standing:
    """Of a model that has at least one run on the data set.

    Args:
        last: the split whose rows are compared: `test`, or `validation` where the test is left alone.
    """
    runs = _runs(found, [data], model)
    scores = {
        f"{split}/{name}": [run[split][name] for run in runs.values()]
        for split in dict.fromkeys(("validation", last))
        for name in ("accuracy", "f1_macro")
    }
    accuracy = fmean(scores[f"{last}/accuracy"])
    rows = fmean(found[key._replace(model=ROWS, seed=0)]["rows"][last] for key in runs)
    return Standing(
        data,
        model,
        len(runs),
        {name: (fmean(values), _sd(values)) for name, values in scores.items()},
        sqrt(accuracy * (1 - accuracy) / rows),
        _versus(found, [data], model, last),
        min(run["seconds"] for run in runs.values()),
        fmean(run["parameters"] for run in runs.values()),
    )


def overall(found: Found, of_sets: Sequence[Standing], last: str) -> Standing:
    """The mean of a model's standings on several data sets, each of which counts alike; its standard deviation is over
    the splits and seeds that all of them have."""
    model, sets = of_sets[0].model, [each.data for each in of_sets]
    shared = set.intersection(*({(key.split, key.seed) for key in _runs(found, [data], model)} for data in sets))

    def sd(score: str) -> float:
        split, name = score.split("/")
        return _sd([fmean(found[Key(data, model, *place)][split][name] for data in sets) for place in shared])

    return Standing(
        "all",
        model,
        sum(each.runs for each in of_sets),
        {name: (fmean(each.scores[name][0] for each in of_sets), sd(name)) for name in of_sets[0].scores},
        sqrt(sum(each.error**2 for each in of_sets)) / len(of_sets),
        _versus(found, sets, model, last),
        fmean(each.seconds for each in of_sets),
        fmean(each.parameters for each in of_sets),
    )


def _sd(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0


def _runs(found: Found, sets: Sequence[str], model: str) -> Found:
    return {key: run for key, run in found.items() if key.data in sets and key.model == model}


def _versus(found: Found, sets: Sequence[str], model: str, last: str) -> dict[str, Paired]:
    pairs = {peer: _pairs(found, sets, model, peer, last) for peer in PEERS if peer != model}
    return {peer: paired(own) for peer, own in pairs.items() if own}


def _pairs(found: Found, sets: Sequence[str], model: str, peer: str, last: str) -> list[tuple[Tally, Tally]]:
    """The accuracy of both, a pair a split that both have.

    A text that stands in several splits is one row, and so are all the seeds that answered it.
    """
    own, others = ({(key.data, key.split) for key in _runs(found, sets, name)} for name in (model, peer))
    texts = {place: _texts(found, *place, last) for place in sorted(own & others)}
    units = {text: number for number, text in enumerate(dict.fromkeys(chain.from_iterable(texts.values())))}

    def tally(name: str, place: tuple[str, int]) -> Tally:
        data, split = place
        runs = [run for key, run in _runs(found, [data], name).items() if key.split == split]
        right = 1 - np.mean([wrong(run, len(texts[place])) for run in runs], axis=0)
        return by_place(mean(right), [units[text] for text in texts[place]], len(units))

    return [(tally(model, place), tally(peer, place)) for place in texts]


def _texts(found: Found, data: str, split: int, last: str) -> list[tuple[str, str]]:
    return [(data, text) for text in found[Key(data, ROWS, split, 0)][last].split()]


def wrong(run: Figures, rows: int) -> NDArray[np.float64]:
    """(N,) 1 where a row was answered wrongly."""
    bits = np.zeros(rows)
    bits[[int(row) for row in run["wrong"].split()]] = 1
    return bits
