"""confusion_matrix.png and learning_curve.png."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_CLASSES_WITH_NUMBERS = 20  # above, the cells are too small for counts
_CLASSES_NAMED = 60


def drawable(labels: Sequence[str]) -> tuple[str, bool]:
    """A font that has every character of the labels: its family, and whether there is one.

    matplotlib's own has no Chinese; the fonts of the machine are searched.
    """
    needed = {ord(character) for label in labels for character in label if character.isprintable()}
    own = font_manager.FontProperties(family="DejaVu Sans")
    if _holds(font_manager.findfont(own), needed):
        return "DejaVu Sans", True
    for font in sorted(font_manager.fontManager.ttflist, key=lambda font: (font.weight != 400, font.name)):
        # "Last Resort", which ships with matplotlib, has a box for every character there is.
        if not font.name.startswith("Last Resort") and _holds(font.fname, needed):
            return font.name, True
    return "DejaVu Sans", False


def _holds(file: str, needed: set[int]) -> bool:
    try:
        return needed <= set(font_manager.get_font(file).get_charmap())
    except (OSError, RuntimeError):
        return False


def confusion_matrix(path: Path, counts: Sequence[Sequence[int]], labels: Sequence[str], title: str) -> str | None:
    """Draws gold (rows) by predicted (columns), shaded by the share of the gold class.

    Returns:
        A sentence for the user where the labels had to be replaced by numbers; else None.
    """
    size = len(labels)
    family, readable = drawable(labels)
    names = list(labels) if readable else [f"#{number}" for number in range(size)]
    side = min(max(4.0, 0.5 * size + 2), 20)
    figure = blank(side + 1, side)
    axes = figure.add_subplot()
    shares = [[count / max(sum(row), 1) for count in row] for row in counts]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, fraction=0.046, label="share of the gold class")
    if size <= _CLASSES_NAMED:
        axes.set_xticks(range(size), names, rotation=45, ha="right", family=family, parse_math=False)
        axes.set_yticks(range(size), names, family=family, parse_math=False)
    if size <= _CLASSES_WITH_NUMBERS:
        for gold, row in enumerate(counts):
            for predicted, count in enumerate(row):
                ink = "white" if shares[gold][predicted] > 0.5 else "black"
                axes.text(predicted, gold, str(count), ha="center", va="center", color=ink, fontsize=9)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.set_title(title)
    figure.savefig(path, dpi=120)
    if readable:
        return None
    told = ", ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
    return f"No font here has the labels' characters, so {path.name} shows numbers: {told}."


def learning_curve(path: Path, metrics: Path, monitor: str, unit: str) -> None:
    """Draws losses, in their unit, and the watched metric by step from metrics.csv."""
    logged = curves(metrics, ("train/loss", "val/loss", monitor))
    figure = blank(7, 4)
    left = figure.add_subplot()
    for name, style in (("train/loss", "C0-"), ("val/loss", "C1o-")):
        _curve(left, logged, name, style)
    left.set_xlabel("step")
    left.set_ylabel(f"loss ({unit})")
    handles = [*left.get_lines()]
    if monitor != "val/loss":  # which is drawn already
        right = left.twinx()
        _curve(right, logged, monitor, "C2s--")
        right.set_ylabel(monitor)
        handles += right.get_lines()
    left.legend(handles, [str(line.get_label()) for line in handles], loc="center right")
    left.set_title("Learning curve")
    figure.savefig(path, dpi=120)


def curves(metrics: Path, names: Sequence[str]) -> dict[str, list[tuple[int, float]]]:
    """Of each of these figures the steps, counted from 0, at which metrics.csv has it, and its values there."""
    with open(metrics, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [(int(row["step"]), float(row[name])) for row in rows if row.get(name)] for name in names}


def _curve(axes: Axes, logged: Mapping[str, list[tuple[int, float]]], name: str, style: str) -> None:
    if logged[name]:
        axes.plot(*zip(*logged[name], strict=True), style, label=name, markersize=4, linewidth=1.2)


def blank(width: float, height: float) -> Figure:
    """A figure that touches no global state, so that a notebook's backend stays what it was; in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
