from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from recurra.nn.encoders import GRU
from recurra.nn.recurrence import Recurrence
from recurra.nn.reset_before import ResetBeforeGRU

X = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
LENGTHS = torch.tensor([5, 2, 0])


def drawn(cell: type[nn.RNNBase]) -> nn.RNNBase:
    """Weights large enough that the two forms are far apart."""
    torch.manual_seed(0)
    made = cell(4, 3, batch_first=True).double()
    with torch.no_grad():
        for weight in made.parameters():
            weight.normal_()
    return made


def by_hand(gru: nn.RNNBase, words: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Cho et al. 2014, equations 5 to 8, one text and a word at a time, with torch's weights: the states (T, H)."""
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    weights = (weight.detach().numpy() for weight in gru.parameters())
    (w_r, w_z, w), (u_r, u_z, u), (b_r, b_z, b), (c_r, c_z, c) = (np.split(weight, 3) for weight in weights)
    states = []
    for x in words:
        r = sigmoid(w_r @ x + u_r @ hidden + b_r + c_r)
        z = sigmoid(w_z @ x + u_z @ hidden + b_z + c_z)
        new = np.tanh(w @ x + u @ (r * hidden) + b + c)
        hidden = z * hidden + (1 - z) * new
        states.append(hidden)
    return np.array(states)


@pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])
def test_it_is_cho_s(given: bool) -> None:
    gru = drawn(ResetBeforeGRU)
    initial = torch.randn(1, 3, 3, dtype=torch.float64) if given else None
    states, last = gru(X, initial)
    for row in range(3):
        began = np.zeros(3) if initial is None else initial[0, row].numpy()
        expected = torch.from_numpy(by_hand(gru, X[row].numpy(), began))
        torch.testing.assert_close(states[row], expected, rtol=1e-10, atol=1e-10)
    assert torch.equal(last[0], states[:, -1])


def test_torch_s_form_is_another() -> None:
    before, after = drawn(ResetBeforeGRU), drawn(nn.GRU)
    assert list(before.state_dict()) == list(after.state_dict())
    after.load_state_dict(before.state_dict())
    assert (before(X)[0] - after(X)[0]).abs().max().item() > 0.1
    with torch.no_grad():  # a reset gate that is open makes them equal
        for gru in (before, after):
            gru.bias_ih_l0[:3] = 1000.0
    torch.testing.assert_close(before(X)[0], after(X)[0])


def test_gradients_are_those_of_finite_differences() -> None:
    gru = drawn(ResetBeforeGRU)
    names = [name for name, _ in gru.named_parameters()]

    def outcome(x: torch.Tensor, initial: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        given = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(gru, given, (x, initial))[0]

    inputs = [X.clone(), torch.randn(1, 3, 3, dtype=torch.float64), *(weight.detach() for weight in gru.parameters())]
    assert torch.autograd.gradcheck(outcome, tuple(part.requires_grad_() for part in inputs))


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 2])
def test_layers_and_directions_of_a_ragged_batch(layers: int, bidirectional: bool) -> None:
    """Each text alone, layer by layer, and read backwards from its own end."""
    torch.manual_seed(0)
    recurrence = Recurrence(ResetBeforeGRU, 4, 3, layers, bidirectional).double()
    states, final, _, _ = recurrence(X, LENGTHS)
    for row, length in ((0, 5), (1, 2)):
        read, ends = X[row, :length].numpy(), [np.zeros(3)]
        for depth in range(layers):
            numbers = range(depth * recurrence.directions, (depth + 1) * recurrence.directions)
            forwards, *backwards = (recurrence.layers[number] for number in numbers)
            parts = [by_hand(forwards, read, np.zeros(3))]
            parts += [by_hand(gru, read[::-1], np.zeros(3))[::-1] for gru in backwards]
            ends = [part[end] for part, end in zip(parts, (-1, 0), strict=False)]
            read = np.concatenate(parts, axis=1)
        torch.testing.assert_close(states[row, :length], torch.from_numpy(read), rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(final[row], torch.from_numpy(np.concatenate(ends)), rtol=1e-10, atol=1e-10)
    assert not states[1, 2:].any()
    assert not final[2].any()


def test_the_encoder_has_both() -> None:
    options: dict[str, Any] = {"hidden_size": 3, "num_layers": 1, "bidirectional": True, "dropout": 0.0}
    options |= {"pooling": "max", "recurrent_init": "orthogonal"}
    after, before = GRU(4, **options), GRU(4, **options, reset="before")
    assert [type(layer) for layer in after.recurrence.layers] == [nn.GRU] * 2
    assert [type(layer) for layer in before.recurrence.layers] == [ResetBeforeGRU] * 2
    before.load_state_dict(after.state_dict())  # the weights of one fit the other
    for layer in before.recurrence.layers:
        for block in layer.weight_hh_l0.detach().split(3):
            torch.testing.assert_close(block @ block.T, torch.eye(3), rtol=0, atol=1e-5)


def test_mixed_precision() -> None:
    torch.manual_seed(0)
    recurrence = Recurrence(ResetBeforeGRU, 4, 3, bidirectional=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states, _, _, _ = recurrence(X.float(), LENGTHS)
    states.float().sum().backward()
    torch.testing.assert_close(states.float(), recurrence(X.float(), LENGTHS)[0], atol=0.05, rtol=0.05)
    assert all(torch.isfinite(weight.grad).all() for weight in recurrence.parameters())
