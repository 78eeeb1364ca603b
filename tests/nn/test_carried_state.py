import pytest
import torch
from torch import nn

from recurra.nn.carried_state import CarriedState
from recurra.nn.encoders import GRU, LSTM, RNN

SHAPE = {"num_layers": 2, "bidirectional": False, "dropout": 0.0, "pooling": "last", "recurrent_init": "orthogonal"}
ENCODERS = {
    "rnn": lambda: RNN(4, hidden_size=5, nonlinearity="tanh", **SHAPE),
    "lstm": lambda: LSTM(4, hidden_size=5, forget_bias=1.0, **SHAPE),
    "gru": lambda: GRU(4, hidden_size=5, **SHAPE),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_windows_with_carried_state_equal_one_long_pass(name: str) -> None:
    torch.manual_seed(0)
    encoder, x = ENCODERS[name]().double(), torch.randn(3, 23, 4, dtype=torch.float64)
    whole = encoder(x, torch.full((3,), 23)).states
    carried, parts = CarriedState(), []
    for start in range(0, 23, 7):
        window = x[:, start : start + 7]
        continues = torch.full((3,), start > 0)
        encoding = encoder(window, torch.full((3,), window.size(1)), carried.before(continues))
        carried.after(encoding.state)
        parts.append(encoding.states)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=0, atol=1e-12)


def test_what_does_not_continue_begins_at_zero_and_no_history_is_kept() -> None:
    carried = CarriedState()
    assert carried.before(torch.tensor([True, True])) is None
    carried.after((torch.ones(1, 2, 3, requires_grad=True) * 2,))
    (state,) = carried.before(torch.tensor([True, False]))
    assert state.tolist() == [[[2.0] * 3, [0.0] * 3]]
    assert not state.requires_grad
    assert carried.before(torch.tensor([False, False])) is None


def test_a_state_is_saved_and_restored() -> None:
    carried, other = CarriedState(), CarriedState()
    carried.after((torch.randn(1, 2, 3), torch.randn(1, 2, 3)))
    other.load_state_dict(carried.state_dict())
    both = torch.tensor([True, True])
    for mine, theirs in zip(carried.before(both), other.before(both), strict=True):
        assert torch.equal(mine, theirs)
    other.load_state_dict({"ranks": [None, None]})  # of two processes, and this is one
    assert other.before(both) is None


def test_the_shared_weight_s_gradient_is_the_sum_of_what_the_steps_contribute() -> None:
    """Backpropagation through time: dL/dW = sum over t of dL/ds_t ds_t/dW, with s_(t-1) held fixed in each."""
    torch.manual_seed(0)
    encoder = RNN(4, hidden_size=5, nonlinearity="tanh", **{**SHAPE, "num_layers": 1}).double()
    layer = encoder.recurrence.layers[0]
    assert isinstance(layer, nn.RNN)
    x, steps = torch.randn(2, 6, 4, dtype=torch.float64), 6
    said = torch.randn(2, 6, 5, dtype=torch.float64)  # what the loss makes of each state
    (encoder(x, torch.full((2,), steps)).states * said).sum().backward()

    u, w, b_u, b_w = (weight.detach() for weight in layer.parameters())
    copies = [w.clone().requires_grad_() for _ in range(steps)]  # the weight, as if every step had one of its own
    state, loss = torch.zeros(2, 5, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for t, own in enumerate(copies):
        state = torch.tanh(x[:, t] @ u.T + b_u + state @ own.T + b_w)
        loss = loss + (state * said[:, t]).sum()
    contributions = torch.autograd.grad(loss, copies)
    torch.testing.assert_close(layer.weight_hh_l0.grad, sum(contributions), rtol=0, atol=1e-12)
    assert contributions[0].abs().max() == 0  # the first step multiplies the weight with s_{-1} = 0
    assert all(part.abs().max() > 0 for part in contributions[1:])
