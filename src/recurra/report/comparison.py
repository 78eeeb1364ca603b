"""Runs on the same data, by the same score, best first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any, final

from recurra.analysis.answers import ANSWERS
from recurra.report.grounds import grounds, written
from recurra.report.names import names
from recurra.report.runs import Left, Run
from recurra.report.standing import Standing
from recurra.report.to_first import ToFirst, to_first
from recurra.results import Results
from recurra.sweeps.bootstrap import MIXED, Incomparable, difference
from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record
from recurra.sweeps.repeats import Group, best_first, groups

_COUNTED = ("rows", "tokens", "steps")
_NO_SCORES = (*_COUNTED, "characters", "per_class")


@final
@dataclass(frozen=True)
class Comparison:
    """Runs on the same data, by the same score.

    Attributes:
        data: what was typed to say which data that is.
        objective: the score.
        standings: best first.
    """

    data: str
    objective: Objective
    standings: Sequence[Standing]

    @property
    def runs(self) -> int:
        """How many they are."""
        return sum(len(standing.runs) for standing in self.standings)

    @property
    def notes(self) -> list[str]:
        """What there is to say of the differences: why some are not known, or known of some runs only."""
        differences = [standing.difference for standing in self.standings]
        unknown = [f"? {each}" for each in differences if isinstance(each, str)]
        known = [each for each in differences if isinstance(each, ToFirst)]
        lost = [
            f"{run.folder} has no {ANSWERS}"
            for standing in self.standings
            for run in standing.runs
            if known and not (run.folder / ANSWERS).is_file()
        ]
        return list(
            dict.fromkeys(
                [*unknown, *lost, *[f"where pairs of runs do not agree: {MIXED}"] * any(each.mixed for each in known)]
            )
        )


def compare(runs: Iterable[Run]) -> tuple[list[Comparison], list[Left]]:
    """The comparisons, those of most runs first, and the runs that a newer one repeats in everything."""
    found, again = [], []
    for together in grounds(runs):
        newest, older = _newest(together.runs, _keys(together.runs))
        found.append(_comparison(newest, together.title))
        again += older
    return sorted(found, key=lambda comparison: -comparison.runs), again


def _keys(runs: Sequence[Run]) -> list[str]:
    return ["model", *dict.fromkeys(key for run in runs for key in run.changes)]


def _point(run: Run, keys: Sequence[str]) -> dict[str, Any]:
    """Repeats first, so that they stand in the same order in every run."""
    values = {key: run.value(key) for key in keys}
    return {**run.repeat, **{key: value for key, value in values.items() if value is not None}}


def _newest(runs: Sequence[Run], keys: Sequence[str]) -> tuple[list[Run], list[Left]]:
    """A second run with the same seed says nothing about chance: of like ones only the newest is compared."""
    ordered = sorted(runs, key=written)
    newest = {str(sorted(_point(run, keys).items())): run for run in ordered}
    kept = list(newest.values())
    older = [run for run in runs if run not in kept]
    left = []
    for run in older:
        by = newest[str(sorted(_point(run, keys).items()))]
        left.append(Left(run.folder, "finished", f"made again in {by.folder}", tuple(run.results.overrides)))
    return [run for run in runs if run in kept], left


def _comparison(runs: Sequence[Run], title: str) -> Comparison:
    results, keys = runs[0].results, _keys(runs)
    objective = Objective(results.monitor, "maximize" if results.mode == "max" else "minimize")
    records = [
        Record(number, run.folder, "finished", _point(run, keys), values=(run.results.score,))
        for number, run in enumerate(runs)
    ]
    ranked = best_first(groups(records), [objective])
    typed = [{key for record in group.records for key in runs[record.number].changes} for group in ranked]
    standings = [
        _standing(
            name,
            group,
            [runs[record.number] for record in group.records],
            objective,
            None if group is ranked[0] else _difference(ranked[0], group, objective),
        )
        for group, name in zip(ranked, names(ranked, typed, results.model), strict=True)
    ]
    return Comparison(title, objective, standings)


def _standing(
    name: str, group: Group, runs: Sequence[Run], objective: Objective, differs: ToFirst | str | None
) -> Standing:
    results = [run.results for run in runs]
    tests = [result.test[objective.name] for result in results if objective.name in result.test]
    scores = [score for score in results[0].validation if score not in (*_NO_SCORES, objective.name)]
    counted = next((name for name in _COUNTED if name in results[0].validation), "")
    return Standing(
        name,
        runs,
        group.mean(),
        group.sd(),
        fmean(tests) if tests else None,
        stdev(tests) if len(tests) > 1 else None,
        {score: fmean(found) for score in scores if (found := _told(results, score))},
        fmean(result.train_seconds for result in results),
        fmean(result.tokens_per_second for result in results),
        fmean(result.parameters for result in results),
        fmean(result.validation.get(counted, 0) for result in results),
        differs,
    )


def _told(results: Sequence[Results], score: str) -> list[float]:
    return [result.validation[score] for result in results if score in result.validation]


def _difference(first: Group, other: Group, objective: Objective) -> ToFirst | str:
    try:
        return to_first(difference(first, other, objective), max(len(first.records), len(other.records)))
    except Incomparable as error:
        return str(error)
