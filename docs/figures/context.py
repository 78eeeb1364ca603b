"""Which words a state has seen: the norm of d s_t / d x_k for every t and k, in one direction and in both."""

import torch
from drawing import panels, save
from encoders import encoder
from torch import Tensor

SENTENCE = ["the", "bank", "of", "the", "river", "was", "steep", "and", "green"]
SIZE = 32


def reach(bidirectional: bool) -> Tensor:
    """(T, T): how much the state at t (row) moves with the vector at k (column); weights as they are drawn."""
    torch.manual_seed(0)
    settings = ["model=lstm", f"model.hidden_size={SIZE}", f"model.bidirectional={str(bidirectional).lower()}"]
    reader = encoder(*settings, input_size=SIZE)
    lengths = torch.tensor([len(SENTENCE)])
    x = torch.randn(1, len(SENTENCE), SIZE)
    slopes = torch.autograd.functional.jacobian(lambda read: reader(read, lengths).states[0], x)
    return slopes.squeeze(2).norm(dim=(1, 3))  # (T, D, T, E) -> (T, T)


def main() -> None:
    """Two heat maps; what is exactly zero stays white."""
    figure, (places,) = panels(1, 2, 8.6, 4.0)
    found = [reach(False), reach(True)]
    assert not found[0].triu(1).any()
    assert bool(found[1].all())
    highest = float(max(values.max() for values in found))
    words = range(len(SENTENCE))
    for axes, values, title in zip(places, found, ("bidirectional=false", "bidirectional=true"), strict=True):
        shown = values.where(values > 0, torch.nan).numpy()
        image = axes.imshow(shown, cmap="viridis_r", vmin=0, vmax=highest)
        axes.set_title(f"model=lstm model.{title}", fontsize=10)
        axes.set_xticks(words, SENTENCE, rotation=60, ha="right", fontsize=9)
        axes.set_yticks(words, SENTENCE, fontsize=9)
        axes.set_xlabel("word $x_k$")
    places[0].set_ylabel("state $s_t$")
    figure.colorbar(image, ax=list(places), fraction=0.025, label=r"norm of $\partial s_t / \partial x_k$")
    save(figure, __file__)


if __name__ == "__main__":
    main()
