"""How the pictures and tables of the tour look, and where they are written: beside their script, under its name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image


def panels(rows: int, columns: int, width: float, height: float, **shared: Any) -> tuple[Figure, Any]:
    """A figure of so many inches, and its axes: (rows, columns), always two-dimensional."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **shared)


def save(figure: Figure, script: str) -> None:
    """Writes the picture of a script; nothing in it depends on the day."""
    path = Path(script).with_suffix(".png")
    figure.set_dpi(110)
    figure.canvas.draw()
    # 256 colours are enough for lines and heat maps, and take half the space.
    Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3]).quantize(256).save(path, optimize=True)
    print(path)


def tabulate(columns: Sequence[str], rows: Sequence[Sequence[str]], script: str) -> None:
    """Writes the table of a script in Markdown: the first column to the left, numbers to the right."""
    lines = [columns, [":--", *["--:"] * (len(columns) - 1)], *rows]
    path = Path(script).with_suffix(".md")
    path.write_text("".join(f"| {' | '.join(line)} |\n" for line in lines), encoding="utf-8")
    print(path)
