"""The report as one HTML file that needs nothing from outside."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, final

from recurra.errors import ConfigError
from recurra.report import charts, run_charts
from recurra.report.chinese import CHINESE, said
from recurra.report.comparison import Comparison
from recurra.report.details import Details, details, learning
from recurra.report.figure import COLOURS, Figure, Words
from recurra.report.report import Report, finite
from recurra.report.runs import Run
from recurra.report.standing import Standing, figure, repeated
from recurra.report.to_first import signed
from recurra.whole_file import whole_file

Language = Literal["en", "zh"]
_CLOSELY = len(COLOURS)  # standings of a comparison that are looked at closely, ...
_IN_ALL = 40  # ... and of all comparisons together
_RUNS = 5  # of a standing, whose learning curves are drawn, and that can be looked at one by one
_MARK = '<meta name="generator" content="recurra report">'
_HEAD = 1000  # bytes of a page among which its mark is
_TEXT = 600  # characters of a text that are shown


@final
@dataclass(frozen=True)
class _Looked:
    """A run that is looked at closely.

    Attributes:
        name: by which it is chosen.
        standing: that it is of.
    """

    name: str
    standing: Standing
    run: Run
    details: Details

    @property
    def command(self) -> str:
        """That makes it again."""
        return shlex.join(["recurra-train", *self.run.results.overrides])


def is_page(path: Path) -> bool:
    """Whether the file is a report."""
    with open(path, "rb") as file:
        return _MARK.encode() in file.read(_HEAD)


def write_page(report: Report, path: Path, language: Language = "en") -> None:
    """Writes the page, whole or not at all.

    Raises:
        ConfigError: what it is made with is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise ConfigError(
            f"The page is drawn with plotly and jinja2, and {error.name} is not installed: pip install "
            "'recurra[report]'. Without them: recurra report --table, or --json."
        ) from error
    words: Words = CHINESE.__getitem__ if language == "zh" else str
    environment = Environment(
        loader=PackageLoader("recurra.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": words, "cut": _cut, "signed": signed}
    environment.filters["said"] = said if language == "zh" else str
    environment.filters["figure"] = figure
    figures: dict[str, Figure] = {}
    closely = max(1, min(_CLOSELY, _IN_ALL // max(len(report.comparisons), 1)))
    each = max(1, min(_RUNS, _IN_ALL // max(len(report.comparisons) * closely, 1)))
    comparisons = [_comparison(n, one, closely, each, figures, words) for n, one in enumerate(report.comparisons)]
    html = environment.get_template("page.html").render(
        language=language,
        mark=_MARK,
        report=report,
        comparisons=comparisons,
        figures=finite(figures),
        plotly=get_plotlyjs(),
        colours=COLOURS,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
    )
    with whole_file(path) as draft:
        draft.write_text(html, encoding="utf-8")


def _comparison(
    number: int, comparison: Comparison, closely: int, each: int, figures: dict[str, Figure], words: Words
) -> dict[str, Any]:
    """What the template shows of a comparison; its figures are added to those of the page, under names of its own.

    Args:
        closely: how many standings are drawn.
        each: of how many of their runs each is looked at by itself.
    """
    standings = comparison.standings[:closely]
    found, names = [details(standing.middle) for standing in standings], [standing.name for standing in standings]
    looked = [own for place in range(len(standings)) for own in _looked(place, standings[place], found[place], each)]
    monitor, score = f"val/{comparison.objective.name}", comparison.objective.title
    logged = ("train/loss", "val/loss", *([] if monitor == "val/loss" else [monitor]))
    curves = [[learning(run, logged) for run in standing.runs[:_RUNS]] for standing in standings]
    losses = {"val/loss": "solid", "train/loss": "dot"}
    shared = {
        "learning": charts.learning_chart(curves, names, {monitor: "solid"}, score, words),
        "loss": charts.learning_chart(curves, names, losses, words("loss"), words),
        "differences": charts.differences_chart(comparison, len(standings), words),
        "length": charts.slices_chart(found, names, "length", score, words),
        "unknown": charts.slices_chart(found, names, "unknown", score, words),
        "reliability": charts.reliability_chart(found, names, words),
        "seconds": charts.cost_chart(comparison, len(standings), "seconds", words("seconds of training"), words),
        "parameters": charts.cost_chart(comparison, len(standings), "parameters", words("parameters"), words),
    }
    if monitor == "val/loss":
        del shared["learning"]  # it is drawn already
    if len(comparison.standings) == 1:
        del shared["seconds"], shared["parameters"]
    own = [
        {
            "confusion": run_charts.confusion_chart(each.details, words),
            "precision_recall": run_charts.precision_recall_chart(each.details, words),
            **{
                f"flow-{flow.layer}-{flow.direction}": run_charts.flow_chart(flow, words) for flow in each.details.flows
            },
        }
        for each in looked
    ]
    return {
        "comparison": comparison,
        "scores": _scores(comparison),
        "closely": len(standings),
        "middle": _middle(standings, words),
        "figures": _named(shared, f"{number}", figures),
        "looked": [
            {"looked": each, "figures": _named(drawn, f"{number}-{place}", figures)}
            for place, (each, drawn) in enumerate(zip(looked, own, strict=True))
        ],
    }


def _looked(place: int, standing: Standing, middle: Details, count: int) -> Iterator[_Looked]:
    """Its runs, the one with the middle score first."""
    several = len(standing.runs) > 1
    for run in [standing.middle, *(run for run in standing.runs if run is not standing.middle)][:count]:
        name = f"{place + 1}. {standing.name}" + f", {repeated(run)}" * several
        yield _Looked(name, standing, run, middle if run is standing.middle else details(run, sliced=False))


def _middle(standings: Sequence[Standing], words: Words) -> str:
    """Which run of each standing the charts of rows are drawn from; empty where each has a single one."""
    if all(len(standing.runs) == 1 for standing in standings):
        return ""
    chosen = [repeated(standing.middle) for standing in standings]
    told = [f"{n}: {own}" for n, own in enumerate(chosen, 1)] if len(set(chosen)) > 1 else chosen[:1]
    return f"{words('of the run with the middle score of each row')} ({', '.join(told)})"


def _named(drawn: Mapping[str, Figure], prefix: str, figures: dict[str, Figure]) -> dict[str, str]:
    """Of those figures that show something what each is called in the page."""
    names = {name: f"{prefix}-{name}" for name, figure in drawn.items() if figure["data"]}
    figures |= {names[name]: drawn[name] for name in names}
    return names


def _scores(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(name for standing in comparison.standings for name in standing.scores))


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}…"
