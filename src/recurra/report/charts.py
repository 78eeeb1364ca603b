"""Charts of several runs at once."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from recurra.report.comparison import Comparison
from recurra.report.details import Details, Points
from recurra.report.figure import COLOURS, GREY, Figure, Words, figure_of, plain, trace_of
from recurra.report.to_first import ToFirst

_FOREST = 30  # standings whose difference is drawn
_DECADE = 10  # from here on costs are drawn by their logarithm


def learning_chart(
    curves: Sequence[Sequence[Mapping[str, Points]]], names: Sequence[str], own: Mapping[str, str], title: str, _: Words
) -> Figure:
    """The curves of all runs.

    Args:
        curves: of each standing each run's points by name.
        names: of the standings.
        own: the logged names to draw, and how the line is dashed.
        title: of the vertical axis.
    """
    traces = []
    for place, (runs, name) in enumerate(zip(curves, names, strict=True)):
        for number, run in enumerate(runs):
            for figure, dash in own.items():
                if not run[figure]:
                    continue
                steps, values = zip(*run[figure], strict=True)
                few = len(steps) < 40
                traces.append(
                    {
                        **trace_of(place, name, first=number == 0 and figure == next(iter(own))),
                        "x": list(steps),
                        "y": list(values),
                        "mode": "lines+markers" if few else "lines",
                        "line": {"color": COLOURS[place], "dash": dash, "width": 1.6},
                        "marker": {"size": 5},
                        "hovertemplate": f"{figure} %{{y:.4f}}, {_('step')} %{{x}}",
                    }
                )
    return figure_of(traces, _("step"), title)


def slices_chart(found: Sequence[Details], names: Sequence[str], by: str, score: str, _: Words) -> Figure:
    """The score of each slice with its interval, all standings side by side."""
    form = "{:.0f}".format if by == "length" else lambda share: f"{100 * share:.3g}%"
    bounds = sorted({(own.first, own.last) for details in found for own in details.slices.get(by, ())})
    traces = []
    for place, (details, name) in enumerate(zip(found, names, strict=True)):
        own = details.slices.get(by, ())
        if own:
            traces.append(
                {
                    **trace_of(place, name),
                    "mode": "markers",
                    "offsetgroup": str(place),
                    "x": [_bounds(each.first, each.last, form) for each in own],
                    "y": [each.score for each in own],
                    "error_y": {
                        "type": "data",
                        "symmetric": False,
                        "array": [each.high - each.score for each in own],
                        "arrayminus": [each.score - each.low for each in own],
                        "thickness": 1.2,
                        "width": 3,
                    },
                    "marker": {"color": COLOURS[place], "size": 8},
                    "customdata": [each.rows for each in own],
                    "hovertemplate": f"%{{y:.4f}}, %{{customdata}} {_('rows')}",
                }
            )
    figure = figure_of(traces, _("length in tokens") if by == "length" else _("share of unknown tokens"), score)
    ends = [end for details in found for own in details.slices.get(by, ()) for end in (own.low, own.high)]
    if known := [end for end in ends if math.isfinite(end)]:
        room = 0.05 * (max(known) - min(known)) or 0.05
        figure["layout"]["yaxis"]["range"] = [min(known) - room, max(known) + room]
    order = list(dict.fromkeys(_bounds(first, last, form) for first, last in bounds))
    figure["layout"]["scattermode"] = "group"
    figure["layout"]["xaxis"] |= {"type": "category", "categoryorder": "array", "categoryarray": order}
    return figure


def reliability_chart(found: Sequence[Details], names: Sequence[str], _: Words) -> Figure:
    """The share of right answers by confidence; on the diagonal both are the same."""
    traces: list[dict[str, Any]] = []
    for place, (details, name) in enumerate(zip(found, names, strict=True)):
        bins = [own for own in details.reliability if own.rows]
        if bins:
            rows = sum(own.rows for own in bins)
            traces.append(
                {
                    **trace_of(place, name),
                    "mode": "lines+markers",
                    "x": [own.confidence for own in bins],
                    "y": [own.right for own in bins],
                    "line": {"color": COLOURS[place], "width": 1.2},
                    "marker": {"size": [5 + 20 * (own.rows / rows) ** 0.5 for own in bins], "opacity": 0.75},
                    "customdata": [own.rows for own in bins],
                    "hovertemplate": f"{_('right')} %{{y:.3f}}, {_('stated')} %{{x:.3f}}, %{{customdata}} {_('rows')}",
                }
            )
    if traces:
        line = {"color": GREY, "dash": "dot", "width": 1}
        diagonal = {"x": [0, 1], "y": [0, 1], "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}
        traces.insert(0, diagonal)
    return figure_of(traces, _("stated confidence"), _("share that is right"))


def differences_chart(comparison: Comparison, closely: int, _: Words) -> Figure:
    """How much better each standing is than the first, with its interval; below 0 it is worse.

    Args:
        closely: how many have a colour.
    """
    standings = comparison.standings[:_FOREST]
    drawn = [
        (n, each.name, each.difference) for n, each in enumerate(standings) if isinstance(each.difference, ToFirst)
    ]
    places = list(range(len(drawn)))
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [differs.to_first for _n, _name, differs in drawn],
        "y": places,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [differs.high - differs.to_first for _n, _name, differs in drawn],
            "arrayminus": [differs.to_first - differs.low for _n, _name, differs in drawn],
            "color": GREY,
            "thickness": 1.4,
            "width": 4,
        },
        "marker": {"size": 9, "color": [COLOURS[n] if n < closely else GREY for n, *_no in drawn]},
        "showlegend": False,
        "customdata": [differs.pairs for _n, _name, differs in drawn],
        "hovertemplate": f"%{{x:+.4f}}, {_('pairs of runs')}: %{{customdata}}<extra></extra>",
    }
    figure = figure_of([trace] if drawn else [], comparison.objective.title, "")
    figure["layout"]["yaxis"] |= {
        "tickvals": places,
        "ticktext": [plain(name).replace(" ", "<br>") for _n, name, _differs in drawn],
        "autorange": "reversed",
    }
    ends = [0.0, *(end for *_no, own in drawn for end in (own.low, own.high, own.to_first) if math.isfinite(end))]
    room = 0.05 * (max(ends) - min(ends)) or 0.01
    bounds = [min(ends) - room, max(ends) + room]  # 0 is always seen
    figure["layout"]["xaxis"] |= {"zeroline": True, "zerolinewidth": 2, "range": bounds}
    figure["layout"]["height"] = 120 + 20 * sum(name.count(" ") + 1 for _n, name, _differs in drawn)
    return figure


def cost_chart(comparison: Comparison, closely: int, figure: str, title: str, _: Words) -> Figure:
    """The score of all standings by what it costs.

    Args:
        closely: how many have a colour.
        figure: the attribute of a standing.
        title: what that is called.
    """
    standings = comparison.standings
    traces = [
        {
            **trace_of(place, standing.name),
            "mode": "markers",
            "x": [getattr(standing, figure)],
            "y": [standing.score],
            "marker": {"size": 11, "color": COLOURS[place]},
            "hovertemplate": "%{y:.4f}, %{x:,.4~g}",
        }
        for place, standing in enumerate(standings[:closely])
    ]
    if others := standings[closely:]:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [getattr(standing, figure) for standing in others],
                "y": [standing.score for standing in others],
                "text": [plain(standing.name) for standing in others],
                "name": _("others"),
                "marker": {"size": 7, "color": GREY},
                "hovertemplate": "%{text}<br>%{y:.4f}, %{x:,.4~g}<extra></extra>",
            }
        )
    made = figure_of(traces, title, comparison.objective.title)
    costs = [getattr(standing, figure) for standing in standings]
    if max(costs) > _DECADE * min(costs) > 0:
        made["layout"]["xaxis"]["type"] = "log"
    return made


def _bounds(first: float, last: float, form: Callable[[float], str]) -> str:
    return form(first) if first == last else f"{form(first)} – {form(last)}"
