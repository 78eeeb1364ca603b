"""Plotly's figures as plain values, which its JavaScript draws."""

import textwrap
from collections.abc import Callable
from html import escape
from typing import Any

_LINE = 40  # characters of a name that a legend has room for on a phone

Figure = dict[str, Any]
Words = Callable[[str], str]
"""Puts a phrase into the page's language."""

COLOURS = ("#3b7dd8", "#e08a1e", "#1f9e77", "#c2549d", "#d0533c", "#7a68c9", "#4aa8c7", "#8d8d5a")
"""Of the standings that are looked at closely, best first; to be told apart on white and on black."""
GREY = "#8a8f98"
PAPER = "paper"
"""Stands for the colour of the page, which changes, where a scale of colours begins."""


def plain(text: str) -> str:
    """Text from data as Plotly shows it letter by letter: it reads tags, and nothing else, as HTML."""
    return escape(text, quote=False)


def figure_of(traces: list[dict[str, Any]], across: str, up: str) -> Figure:
    """A figure with the titles of its axes."""
    axes = {"xaxis": across, "yaxis": up}
    return {
        "data": traces,
        "layout": {axis: {"title": {"text": title}, "automargin": True} for axis, title in axes.items()},
    }


def trace_of(place: int, name: str, *, first: bool = True) -> dict[str, Any]:
    """What a trace of one standing begins with.

    Args:
        place: in the comparison; by `meta` the page shows and hides what belongs to it.
        name: of the standing.
        first: whether it is the one that the legend names.
    """
    told = "<br>".join(map(plain, textwrap.wrap(name, _LINE)))
    return {"type": "scatter", "meta": place, "name": told, "legendgroup": str(place), "showlegend": first}
