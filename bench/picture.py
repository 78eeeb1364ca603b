"""How a bench writes a picture: small enough to be copied into the tour (docs/figures)."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image


def save(figure: Figure, path: Path) -> None:
    """As PNG of 128 colours, enough for lines, at a third of the size; an octree keeps colours that are rare."""
    figure.set_dpi(90)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).quantize(128, Image.Quantize.FASTOCTREE).save(
        path, optimize=True
    )
    print(path)
