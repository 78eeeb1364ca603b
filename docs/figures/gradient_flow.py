"""docs/figures/gradient_flow.png: how far back the loss is felt in a plain network, a GRU and an LSTM.

Each reads 40 tokens and says after the last which the first one was; the others say nothing of it. So what it learns has
to flow back through all steps. `.venv/bin/python docs/figures/gradient_flow.py` takes half a minute on one thread.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra import pictures
from recurra.callbacks.gradient_flow import mean_norms
from recurra.nn import Recurrence, initialise
from recurra.nn.initialisation import RecurrentInit
from recurra.nn.unrolled import total_derivatives, unrolled

LENGTH, VOCABULARY, SIZE, BATCH, STEPS = 40, 8, 64, 32, 600
NETWORKS: dict[str, tuple[Callable[..., nn.RNNBase], RecurrentInit, float | None]] = {
    "tanh RNN, uniform": (nn.RNN, "uniform", None),
    "tanh RNN, orthogonal": (nn.RNN, "orthogonal", None),
    "GRU": (nn.GRU, "orthogonal", None),
    "LSTM, forget bias 0": (nn.LSTM, "orthogonal", 0.0),
    "LSTM, forget bias 1": (nn.LSTM, "orthogonal", 1.0),
}


class Network(nn.Module):
    """Embedding, recurrence, the last state, a linear layer."""

    def __init__(self, cell: Callable[..., nn.RNNBase], recurrent: RecurrentInit, forget_bias: float | None) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, SIZE)
        nn.init.normal_(self.embedding.weight, std=0.5)
        self.recurrence = Recurrence(cell, SIZE, SIZE)
        initialise(self.recurrence, recurrent, forget_bias)
        self.projection = nn.Linear(SIZE, VOCABULARY)

    def loss(self, tokens: Tensor) -> Tensor:
        """Of (B, T) tokens, in nats."""
        _, final, _ = self.recurrence(self.embedding(tokens), torch.full((len(tokens),), LENGTH))
        return functional.cross_entropy(self.projection(final), tokens[:, 0])


def batch() -> Tensor:
    """(B, T) tokens: the first one from the first half of the vocabulary, the others from the second."""
    tokens = torch.randint(VOCABULARY // 2, (BATCH, LENGTH))
    tokens[:, 1:] += VOCABULARY // 2
    return tokens


def norms_by_distance(network: Network) -> list[float]:
    """The mean norm of d loss / d s_t, from the last step back to the first, of that at the last one."""
    tokens = batch()
    with unrolled(network) as traces:
        loss = network.loss(tokens)
    (derivatives,) = total_derivatives(loss, traces)
    norms = mean_norms(derivatives, traces[0].lengths)
    return [norm / norms[-1] for norm in reversed(norms)]


def train(network: Network) -> float:
    """The last loss."""
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = network.loss(batch())
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return loss.item()


def main() -> None:
    """One picture, two panels."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    figure = pictures.blank(11, 4.5)
    fresh, trained = figure.subplots(1, 2, sharey=True)
    for name, settings in NETWORKS.items():
        torch.manual_seed(0)
        network = Network(*settings)
        fresh.plot(norms_by_distance(network), label=name)
        loss = train(network)
        trained.plot(norms_by_distance(network), label=f"{name}: loss {loss:.3f}")
    for axes, title in ((fresh, "fresh"), (trained, f"after {STEPS} steps of training")):
        axes.set_yscale("log")
        axes.set_title(title)
        axes.set_xlabel("distance from the loss (steps)")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    fresh.set_ylabel(r"$\|\,d\,loss\,/\,d\,s_t\|$, of that at the last step")
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=120)


if __name__ == "__main__":
    main()
