"""What the last step has read: TextRNN's summary as it is, and as the state at the last padded step would give it.

The norm of d summary / d x_k for each word, the halves of the two directions apart; weights as they are drawn.
"""

import numpy as np
import torch
from drawing import panels, save
from encoders import encoder
from torch import Tensor

SENTENCE = ["what", "a", "film", "I", "could", "not", "stop", "laughing", "from", "start", "to", "end"]
STEPS = 20  # the fixed length to which the text is padded
SIZE = 64


def slopes(summary: Tensor, x: Tensor) -> Tensor:
    """(2, T): of the forward and of the backward half of a summary (1, 2 * SIZE)."""
    halves = summary.view(2, SIZE)
    gradients = [
        torch.stack([torch.autograd.grad(unit, x, retain_graph=True)[0][0] for unit in half]) for half in halves
    ]
    return torch.stack([gradient.norm(dim=(0, 2)) for gradient in gradients])


def main() -> None:
    """Two rows of bars."""
    torch.manual_seed(0)
    reader = encoder("model=textrnn", f"model.hidden_size={SIZE}", input_size=SIZE)
    x = torch.randn(1, STEPS, SIZE)
    x[:, len(SENTENCE) :] = torch.randn(SIZE)  # one vector for padding, which is a word like any other to the original
    x.requires_grad_()

    true = slopes(reader(x, torch.tensor([len(SENTENCE)])).summary, x)
    states = reader(x, torch.tensor([STEPS])).states  # every step is taken for real
    padded = slopes(states[:, -1], x)
    assert not true[:, len(SENTENCE) :].any()
    assert not padded[1, :-1].any()
    share = float(padded[0, len(SENTENCE) :].sum() / padded[0].sum())
    print(f"at the last padded step {share:.0%} of what moves the forward half is padding")

    figure, axes = panels(2, 1, 7.6, 4.6, sharex=True, sharey=True)
    places = np.arange(STEPS)
    for place, values, title in (
        (axes[0, 0], true, "true last states of both directions"),
        (axes[1, 0], padded, "states at the last padded step"),
    ):
        place.bar(places - 0.2, values[0].numpy(), 0.4, label="forward half")
        place.bar(places + 0.2, values[1].numpy(), 0.4, label="backward half")
        place.set_title(title, fontsize=10)
        place.set_ylabel(r"$\partial$ summary / $\partial x_k$")
    axes[0, 0].legend(fontsize=9)
    names = [*SENTENCE, *["padding"] * (STEPS - len(SENTENCE))]
    axes[1, 0].set_xticks(places, names, rotation=60, ha="right", fontsize=9)
    save(figure, __file__)


if __name__ == "__main__":
    main()
