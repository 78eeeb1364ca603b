"""importances.png, slices.png and pareto_front.png."""

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from recurra.pictures import blank, drawable
from recurra.sweeps.objective import Objective
from recurra.sweeps.records import Record
from recurra.tables import cut

_PANELS, _COLUMNS = 12, 3
_KEY, _NAME = 40, 24  # characters that a parameter and a value have room for
_NUMBERED = 20  # trials whose numbers a picture has room for
_DPI = 120


def draw_importances(path: Path, shares: Mapping[str, float], objective: Objective, trials: int) -> None:
    """A bar a parameter, the largest on top."""
    shown = dict(list(shares.items())[: 2 * _PANELS])
    figure = blank(7, 1.3 + 0.32 * len(shown))
    axes = figure.add_subplot()
    bars = axes.barh(range(len(shown)), list(shown.values()), color="C0", height=0.7)
    axes.bar_label(bars, [f"{share:.2f}" for share in shown.values()], padding=3, fontsize=9)
    axes.set_yticks(range(len(shown)), [cut(key, _KEY) for key in shown], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(shown.values()))
    axes.set_xlabel("share (PED-ANOVA)")
    axes.set_title(f"Importance for {objective.title}, from {trials} trials")
    figure.savefig(path, dpi=_DPI)


def draw_slices(
    path: Path, records: Sequence[Record], keys: Sequence[str], logarithmic: Collection[str], objective: Objective
) -> str | None:
    """A panel a parameter: the objective over its values, a point a trial, later ones darker, the best one marked.

    Args:
        records: those that finished.
        keys: of parameters, in the order of the panels.
        logarithmic: those of them that are drawn so.
        objective: the first.

    Returns:
        A sentence for the user where values had to be replaced by numbers; else None.
    """
    shown = keys[:_PANELS]
    columns = min(len(shown), _COLUMNS)
    rows = math.ceil(len(shown) / columns)
    figure = blank(1.2 + 3.6 * columns, 0.8 + 3 * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    pick = max if objective.direction == "maximize" else min
    best = pick(records, key=lambda record: record.values[0])
    image: Any = None
    unreadable = []
    for key, axes in zip(shown, panels.flat, strict=False):
        having = [record for record in records if key in record.point]
        values = [record.point[key] for record in having]
        if all(isinstance(value, int | float) for value in values):
            places = _number_axis(axes, values, log=key in logarithmic)
        else:
            places, numbered = _choice_axis(axes, values)
            unreadable += [f"{key}: {', '.join(numbered)}"] if numbered else []
        heights = [record.values[0] for record in having]
        image = axes.scatter(
            places,
            heights,
            c=[record.number for record in having],
            cmap="viridis_r",
            vmin=min(record.number for record in records),
            vmax=max(record.number for record in records),
            s=22,
            alpha=0.85,
        )
        if best in having:
            at = having.index(best)
            axes.scatter(places[at], heights[at], s=90, facecolors="none", edgecolors="C3", linewidths=1.6)
        axes.set_xlabel(cut(key, _KEY), parse_math=False)
        axes.grid(alpha=0.3)
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    for axes in panels[:, 0]:
        axes.set_ylabel(objective.title)
    bar = figure.colorbar(image, ax=panels, label="trial")
    bar.locator = MaxNLocator(integer=True)
    bar.update_ticks()
    figure.suptitle(f"{objective.title} by parameter (ringed: trial {best.number}, the best)")
    figure.savefig(path, dpi=_DPI)
    if not unreadable:
        return None
    return f"No font here has the values' characters, so {path.name} shows numbers: {'; '.join(unreadable)}."


def draw_front(path: Path, records: Sequence[Record], front: Collection[int], objectives: Sequence[Objective]) -> None:
    """All finished trials by the first two objectives, with the numbers of those on the Pareto front."""
    figure = blank(6.5, 4.8)
    axes = figure.add_subplot()
    on = sorted((record for record in records if record.number in front), key=lambda record: record.values[0])
    off = [record for record in records if record.number not in front]
    axes.scatter(*_points(off), color="0.6", s=22, label="other trials")
    axes.plot(*_points(on), "C3o-", linewidth=0.8, markersize=6, label="Pareto front")
    for record in on[:_NUMBERED]:
        place = (record.values[0], record.values[1])
        axes.annotate(str(record.number), place, xytext=(5, 5), textcoords="offset points", fontsize=8)
    axes.set_xlabel(_directed(objectives[0]))
    axes.set_ylabel(_directed(objectives[1]))
    axes.grid(alpha=0.3)
    axes.legend()
    axes.set_title("Pareto front of all objectives" if len(objectives) > 2 else "Pareto front")
    figure.savefig(path, dpi=_DPI)


def _directed(objective: Objective) -> str:
    return f"{objective.title} ({objective.direction})"


def _points(records: Sequence[Record]) -> tuple[list[float], list[float]]:
    return [record.values[0] for record in records], [record.values[1] for record in records]


def _number_axis(axes: Axes, values: Sequence[float], *, log: bool) -> Sequence[float]:
    """Where each value stands: at itself."""
    if log and max(values) >= 3 * min(values):
        axes.set_xscale("log")
        decades = max(values) >= 100 * min(values)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if decades else (1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=all(isinstance(value, int) for value in values)))
    return values


def _choice_axis(axes: Axes, values: Sequence[str]) -> tuple[list[float], list[str]]:
    """Where each value stands: at its place among all; and each with its number, where no font has its characters."""
    names = sorted(set(values), key=_numerically)
    told = [cut(name.strip("'\""), _NAME) for name in names]
    family, readable = drawable(told)
    numbers = [f"#{number}" for number in range(len(names))]
    shown = told if readable else numbers
    slanted: dict[str, Any] = {"rotation": 35, "ha": "right"} if sum(map(len, shown)) > _NAME else {}
    axes.set_xticks(range(len(names)), shown, fontsize=8, family=family, parse_math=False, **slanted)
    axes.set_xlim(-0.6, len(names) - 0.4)
    # Side by side where several trials have the same value, in an order that is the same each time.
    aside = np.random.default_rng(0).uniform(-0.12, 0.12, len(values)).tolist()
    places = [names.index(value) + offset for value, offset in zip(values, aside, strict=True)]
    return places, [] if readable else [f"{number} {name}" for number, name in zip(numbers, names, strict=True)]


def _numerically(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return math.inf, value
