"""Charts of a single run."""

import math

from recurra.report.details import Details, Flow
from recurra.report.figure import COLOURS, PAPER, Figure, Words, figure_of, plain

_CLASSES = 12  # whose curves can be told apart
_COUNTED, _NAMED = 20, 100  # classes: whose cells have room for a number, whose matrix is drawn at all
_FEW = 10  # points, each of which is marked
_DASHES = ("solid", "dash")


def precision_recall_chart(details: Details, _: Words) -> Figure:
    """A curve a class, those with most rows first."""
    curves = sorted(details.precision_recall, key=lambda curve: -curve.rows)[:_CLASSES]
    traces = [
        {
            "type": "scatter",
            "mode": "lines" if len(curve.recall) > _FEW else "lines+markers",
            "name": f"{plain(curve.label)} ({curve.average_precision:.3f})",
            "x": curve.recall,
            "y": curve.precision,
            "line": {"color": COLOURS[n % len(COLOURS)], "dash": _DASHES[n // len(COLOURS)], "width": 1.6},
            "hovertemplate": f"{_('precision')} %{{y:.3f}}, {_('recall')} %{{x:.3f}}",
        }
        for n, curve in enumerate(curves)
    ]
    figure = figure_of(traces, _("recall"), _("precision"))
    for axis in figure["layout"].values():
        axis["range"] = [0, 1.02]
    return figure


def confusion_chart(details: Details, _: Words) -> Figure:
    """Gold by predicted, shaded by the share of the gold class."""
    counts, size = details.confusion, len(details.labels)
    if counts is None or size > _NAMED:
        return figure_of([], "", "")
    names = [plain(label) for label in details.labels]
    trace = {
        "type": "heatmap",
        # By number: classes may have one name once it is cut, and a name may look like a number or a date.
        "z": [[count / max(sum(row), 1) for count in row] for row in counts],
        "text": counts,
        "hovertext": [[f"{gold} → {predicted}" for predicted in names] for gold in names],
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, PAPER], [1, COLOURS[0]]],
        "showscale": False,
        "hovertemplate": "%{hovertext}: %{text} (%{z:.1%})<extra></extra>",
    }
    if size <= _COUNTED:
        trace["texttemplate"] = "%{text}"
    figure = figure_of([trace], _("predicted"), _("gold"))
    ticks = {"tickvals": list(range(size)), "ticktext": names, "showgrid": False}
    figure["layout"]["xaxis"] |= ticks
    figure["layout"]["yaxis"] |= {**ticks, "autorange": "reversed"}
    figure["layout"]["height"] = min(max(340, 130 + 26 * size), 1000)
    return figure


def flow_chart(flow: Flow, _: Words) -> Figure:
    """The gradient at each state: distance from the end of reading, by optimizer steps."""
    logarithms = [[math.log10(norm) if norm > 0 else None for norm in row] for row in flow.norms]
    trace = {
        "type": "heatmap",
        "z": logarithms,
        "y": [f"{step:,}" for step in flow.steps],
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": "log₁₀"}, "thickness": 12},
        "hovertemplate": f"10^%{{z:.2f}}, {_('tokens from the end')}: %{{x}}, {_('step')} %{{y}}<extra></extra>",
    }
    figure = figure_of([trace], _("tokens from the end"), _("step"))
    figure["layout"]["yaxis"] |= {"type": "category"}
    return figure
