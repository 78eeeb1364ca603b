"""How far a gradient reaches in a vanilla RNN: theory against what autograd measures on Recurra's own recurrence.

W is an orthogonal matrix times sigma, so that every singular value of it is sigma. Left, the norm of d s_t / d s_k over
the distance t - k and the bound sigma^(t - k). Right, what each step adds to d L / d W for a loss at the last step
alone, from a loop with a W of its own at each step; the sum must be what autograd gives for the one shared W.
"""

import numpy as np
import torch
from drawing import panels, save
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.recurrence import Recurrence

SIZE = 32
STEPS = 40
ROWS = 16
SIGMAS = [0.5, 0.8, 1.0, 1.5, 2.0]


def scaled(sigma: float) -> Recurrence:
    """A tanh recurrence whose W has sigma as its only singular value."""
    torch.manual_seed(0)
    recurrence = Recurrence(nn.RNN, SIZE, SIZE).double()
    weight_ih, weight_hh, bias_ih, bias_hh = recurrence.parameters()
    with torch.no_grad():
        nn.init.xavier_uniform_(weight_ih)
        nn.init.orthogonal_(weight_hh).mul_(sigma)
        bias_ih.zero_()
        bias_hh.zero_()
    return recurrence


def jacobians(recurrence: Recurrence, x: Tensor) -> Tensor:
    """(STEPS, ROWS): the largest singular value of d s_t / d s_k by distance, from 1."""
    rows = x.size(0)
    state = torch.randn(1, rows, SIZE, dtype=torch.float64).tanh().requires_grad_()
    states, _, _ = recurrence(x, torch.full((rows,), STEPS), (state,))
    found = torch.empty(STEPS, rows, SIZE, SIZE, dtype=torch.float64)
    for step in range(STEPS):
        for unit in range(SIZE):
            # The rows do not touch each other, so that the gradient of their sum is that of each.
            (slope,) = torch.autograd.grad(states[:, step, unit].sum(), state, retain_graph=True)
            found[step, :, unit] = slope[0]
    return torch.linalg.matrix_norm(found, ord=2)


def contributions(recurrence: Recurrence, x: Tensor) -> tuple[Tensor, float]:
    """(STEPS,) the norm of what each step adds to d L / d W, and how far, relatively, their sum is from autograd's."""
    rows = x.size(0)
    targets = torch.arange(rows) % 2
    head = nn.Linear(SIZE, 2).double()
    weight_ih, weight_hh, bias_ih, bias_hh = recurrence.parameters()

    _, final, _ = recurrence(x, torch.full((rows,), STEPS))
    (whole,) = torch.autograd.grad(functional.cross_entropy(head(final), targets), weight_hh)

    copies = [weight_hh.detach().clone().requires_grad_() for _ in range(STEPS)]
    state = x.new_zeros(rows, SIZE)
    for step, copy in enumerate(copies):
        state = (x[:, step] @ weight_ih.T + bias_ih + state @ copy.T + bias_hh).tanh()
    parts = torch.autograd.grad(functional.cross_entropy(head(state), targets), copies)
    return torch.stack([part.norm() for part in parts]), float((sum(parts) - whole).norm() / whole.norm())


def main() -> None:
    """One colour a sigma."""
    figure, ((left, right),) = panels(1, 2, 8.6, 3.6)
    distances = np.arange(1, STEPS + 1)
    for number, sigma in enumerate(SIGMAS):
        recurrence = scaled(sigma)
        torch.manual_seed(1)
        x = 0.5 * torch.randn(ROWS, STEPS, SIZE, dtype=torch.float64)
        norms = jacobians(recurrence, x).numpy()
        bound = sigma ** distances.astype(float)
        assert (norms <= bound[:, None] * (1 + 1e-9)).all()
        left.semilogy(distances, np.median(norms, axis=1), f"C{number}", label=f"σ = {sigma}")
        left.semilogy(distances, bound, f"C{number}:", linewidth=1)

        parts, off = contributions(recurrence, x)
        left_over = np.median(norms[-1])
        print(f"sigma {sigma}: after {STEPS} steps {left_over:.1e}, bound {bound[-1]:.1e}; sum off by {off:.0e}")
        assert off < 1e-12
        # The first step multiplies W with the zero state, and so adds nothing.
        right.semilogy(distances[1:] - 1, parts[1:].numpy(), f"C{number}", label=f"σ = {sigma}")
    left.set_xlabel("distance $t - k$")
    left.set_title(r"norm of $\partial s_t / \partial s_k$; dotted: the bound $\sigma^{t-k}$", fontsize=10)
    right.set_xlabel("step $t$")
    right.set_title(r"norm of what step $t$ adds to $\partial L / \partial W$", fontsize=10)
    for axes in (left, right):
        axes.set_ylim(1e-16, 1e6)
        axes.grid(alpha=0.3)
    left.legend(fontsize=9, loc="lower left")
    save(figure, __file__)


if __name__ == "__main__":
    main()
