"""A batch as each direction reads it: padding stays at the right, and backwards each text is reversed in its length."""

import torch
from drawing import panels, save
from matplotlib.axes import Axes

from recurra.nn.sequences import mask, reverse

TEXTS = ["not as good as the book", "a fine film", "go and see it", "long"]
STEPS = max(len(text.split()) for text in TEXTS)


def show(axes: Axes, places: list[list[int]], title: str) -> None:
    """A row a text; `places` says which word of it stands at each step, -1 where there is padding."""
    shades = [[place / STEPS if place >= 0 else float("nan") for place in row] for row in places]
    axes.imshow(shades, cmap="Blues", vmin=-0.4, vmax=1.4, aspect="auto")
    for text, row in enumerate(places):
        for step, place in enumerate(row):
            word = TEXTS[text].split()[place] if place >= 0 else "·"
            axes.text(step, text, word, ha="center", va="center", fontsize=10)
    axes.set_title(title, fontsize=10)
    axes.set_xticks(range(STEPS))
    axes.set_xlabel("step")
    axes.set_yticks([])


def main() -> None:
    """The batch, and what `reverse` makes of it."""
    lengths = torch.tensor([len(text.split()) for text in TEXTS])
    places = torch.arange(STEPS).expand(len(TEXTS), STEPS).where(mask(lengths, STEPS), -1)
    backwards = reverse(places.unsqueeze(2), lengths).squeeze(2)
    figure, ((left, right),) = panels(1, 2, 8.6, 2.3)
    show(left, places.tolist(), "read forwards")
    show(right, backwards.tolist(), "read backwards: reverse(x, lengths)")
    save(figure, __file__)


if __name__ == "__main__":
    main()
