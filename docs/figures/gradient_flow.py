"""docs/figures/gradient_flow.png: how far back the loss is felt in a plain network, a GRU and an LSTM.

Each learns the adding problem (Hochreiter & Schmidhuber 1997, experiment 4): it reads 40 numbers, of which one in each
half is marked, and tells after the last the sum of the two. What it learns has to flow back to the marked ones.
`.venv/bin/python docs/figures/gradient_flow.py` takes less than a minute on one idle core.
"""

from collections.abc import Callable

import torch
from drawing import panels, save
from torch import Tensor, nn
from torch.nn import functional

from recurra.callbacks.gradient_flow import mean_norms
from recurra.nn import Recurrence, initialise
from recurra.nn.initialisation import RecurrentInit
from recurra.nn.unrolled import total_derivatives, unrolled

LENGTH, SIZE, BATCH, STEPS = 40, 64, 50, 1000
NETWORKS: dict[str, tuple[Callable[..., nn.RNNBase], RecurrentInit, float | None]] = {
    "tanh RNN, uniform": (nn.RNN, "uniform", None),
    "tanh RNN, orthogonal": (nn.RNN, "orthogonal", None),
    "GRU": (nn.GRU, "orthogonal", None),
    "LSTM, forget bias 0": (nn.LSTM, "orthogonal", 0.0),
    "LSTM, forget bias 1": (nn.LSTM, "orthogonal", 1.0),
}


class Network(nn.Module):
    """A recurrence, its last state, a linear layer."""

    def __init__(self, cell: Callable[..., nn.RNNBase], recurrent: RecurrentInit, forget_bias: float | None) -> None:
        super().__init__()
        self.recurrence = Recurrence(cell, 2, SIZE)
        initialise(self.recurrence, recurrent, forget_bias)
        self.projection = nn.Linear(SIZE, 1)

    def loss(self) -> Tensor:
        """The mean squared error for a fresh batch; chance is 1/6, always saying 1."""
        numbers, marks = torch.rand(BATCH, LENGTH), torch.zeros(BATCH, LENGTH)
        rows, half = torch.arange(BATCH), LENGTH // 2
        for begin in (0, half):
            marks[rows, begin + torch.randint(half, (BATCH,))] = 1
        _, final, _ = self.recurrence(torch.stack([numbers, marks], dim=2), torch.full((BATCH,), LENGTH))
        return functional.mse_loss(self.projection(final).squeeze(1), (numbers * marks).sum(1))


def norms_by_distance(network: Network) -> list[float]:
    """The mean norm of d loss / d s_t, from the last step back to the first, of that at the last one."""
    with unrolled(network) as traces:
        loss = network.loss()
    (derivatives,) = total_derivatives(loss, traces)
    norms = mean_norms(derivatives, traces[0].lengths)
    return [norm / norms[-1] for norm in reversed(norms)]


def train(network: Network) -> float:
    """The mean loss of the last tenth of the steps."""
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = network.loss()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    tail = losses[-STEPS // 10 :]
    return sum(tail) / len(tail)


def main() -> None:
    """One picture, two panels."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    figure, ((fresh, trained),) = panels(1, 2, 11, 4.5, sharey=True)
    for name, settings in NETWORKS.items():
        torch.manual_seed(0)
        network = Network(*settings)
        fresh.plot(norms_by_distance(network), label=name)
        loss = train(network)
        trained.plot(norms_by_distance(network), label=f"{name}: squared error {loss:.3f}")
    for axes, title in ((fresh, "fresh"), (trained, f"after {STEPS:,} steps of training (chance: 0.167)")):
        axes.set_yscale("log")
        axes.set_title(title)
        axes.set_xlabel("distance from the loss (steps)")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    fresh.set_ylabel(r"$\|\,d\,loss\,/\,d\,s_t\|$, of that at the last step")
    save(figure, __file__)


if __name__ == "__main__":
    main()
