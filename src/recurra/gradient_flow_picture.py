"""gradient_flow.png: how far back the loss is felt, and how that changes over training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from recurra import pictures
from recurra.gradient_flow_file import Norm

_PANELS = 8  # layers and directions that fit a page
_CURVES = 6
_TICKS = 6
_NORM = r"$\|\,d\,loss\,/\,d\,s_t\|$"

Matrix = NDArray[np.float64]
T = TypeVar("T")


def draw(path: Path, rows: Sequence[Norm]) -> None:
    """For each layer and direction a row: curves of some steps on the left, all steps as a heat map on the right.

    Both go by the distance from the end of reading, which is the last token forwards and the first one backwards, so
    that texts of different lengths and both directions can be compared. Where nothing flows at all nothing is drawn.
    """
    places = sorted({(row.layer, row.direction) for row in rows}, key=lambda place: (place[0], place[1] != "forward"))
    maps = {place: by_distance(rows, *place) for place in _some(places, _PANELS)}
    values = [value for _, norms in maps.values() for value in norms[np.isfinite(norms) & (norms > 0)].tolist()]
    if not values:
        return
    scale = LogNorm(min(values), max(values))
    figure = pictures.blank(11, 1.2 + 2.4 * len(maps))
    panels = figure.subplots(len(maps), 2, squeeze=False, sharex=True, sharey="col")
    image: Any = None
    for (layer, direction), (curves, heat) in zip(maps, panels, strict=True):
        steps, norms = maps[layer, direction]
        chosen = _some(range(len(steps)), _CURVES)
        for number, colour in zip(chosen, colormaps["viridis"](np.linspace(0, 0.9, len(chosen))), strict=True):
            curves.plot(norms[number], ".-", color=colour, linewidth=1.2, markersize=3, label=f"{steps[number]:,}")
        curves.set_yscale("log", nonpositive="mask")
        curves.grid(alpha=0.3)
        curves.set_title(f"layer {layer}, {direction}")
        curves.set_ylabel(_NORM)
        image = heat.imshow(
            np.ma.masked_invalid(norms),
            norm=scale,
            cmap="magma",
            aspect="auto",
            origin="lower",
            interpolation="nearest",
        )
        heat.set_facecolor("0.85")
        ticks = range(0, len(steps), -(-len(steps) // _TICKS))
        heat.set_yticks(ticks, [f"{steps[number]:,}" for number in ticks])
        heat.set_title(f"layer {layer}, {direction}")
        heat.set_ylabel("optimizer steps before")
    for axes in panels[-1]:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("distance from the end of reading (tokens)")
    panels[0, 0].legend(title="optimizer steps before", fontsize=8, title_fontsize=8, ncols=2)
    figure.colorbar(image, ax=panels[:, 1].tolist(), label=f"{_NORM}, mean over texts (grey: no token, or zero)")
    figure.suptitle("How far back the loss is felt")
    figure.savefig(path, dpi=120)


def by_distance(rows: Sequence[Norm], layer: int, direction: str) -> tuple[list[int], Matrix]:
    """The steps, and (steps, D) norms by distance from the end of reading; NaN where no text is as long."""
    found: dict[int, dict[int, float]] = {}
    for row in rows:
        if (row.layer, row.direction) == (layer, direction):
            found.setdefault(row.step, {})[row.t] = row.norm
    norms = np.full((len(found), max(map(len, found.values()))), np.nan)
    for line, by_token in zip(norms, found.values(), strict=True):
        tokens = sorted(by_token, reverse=direction == "forward")
        line[: len(tokens)] = [by_token[token] for token in tokens]
    return list(found), norms


def _some(items: Sequence[T], most: int) -> list[T]:
    """All, or so many of them at even distances, the first and the last among them."""
    count = min(len(items), most)
    return [items[round(number)] for number in np.linspace(0, len(items) - 1, count)]
