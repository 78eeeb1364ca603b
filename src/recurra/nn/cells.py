"""What recurrent layers do in one step, written out."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import linear

from recurra.nn.reset_before import RESET_BEFORE

State = tuple[Tensor, ...]
"""Of one step: hidden (B, H), and for an LSTM cell (B, H)."""


class Cell(NamedTuple):
    """One kind of cell.

    Attributes:
        step: (W_ih x + b_ih, W_hh, b_hh, state) -> the next state, and the activations that may saturate.
        parts: of its state.
        activations: what these are called.
        low, high: outside of which they are saturated.
    """

    step: Callable[[Tensor, Tensor, Tensor, State], tuple[State, State]]
    parts: int
    activations: tuple[str, ...]
    low: float
    high: float


def _lstm(given: Tensor, weight: Tensor, bias: Tensor, state: State) -> tuple[State, State]:
    i, f, g, o = (given + linear(state[0], weight, bias)).chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cell = f * state[1] + i * g
    return (o * cell.tanh(), cell), (i, f, o)


def _gru(given: Tensor, weight: Tensor, bias: Tensor, state: State) -> tuple[State, State]:
    given_r, given_z, given_n = given.chunk(3, dim=1)
    recurrent_r, recurrent_z, recurrent_n = linear(state[0], weight, bias).chunk(3, dim=1)
    r, z = (given_r + recurrent_r).sigmoid(), (given_z + recurrent_z).sigmoid()
    n = (given_n + r * recurrent_n).tanh()
    return ((1 - z) * n + z * state[0],), (r, z)


def _gru_reset_before(given: Tensor, weight: Tensor, bias: Tensor, state: State) -> tuple[State, State]:
    given_r, given_z, given_n = given.chunk(3, dim=1)
    (weight_r, weight_z, weight_n), (bias_r, bias_z, bias_n) = weight.chunk(3), bias.chunk(3)
    r = (given_r + linear(state[0], weight_r, bias_r)).sigmoid()
    z = (given_z + linear(state[0], weight_z, bias_z)).sigmoid()
    n = (given_n + linear(r * state[0], weight_n, bias_n)).tanh()
    return ((1 - z) * n + z * state[0],), (r, z)


def _tanh(given: Tensor, weight: Tensor, bias: Tensor, state: State) -> tuple[State, State]:
    hidden = (given + linear(state[0], weight, bias)).tanh()
    return (hidden,), (hidden,)


def _relu(given: Tensor, weight: Tensor, bias: Tensor, state: State) -> tuple[State, State]:
    return ((given + linear(state[0], weight, bias)).relu(),), ()


CELLS = {
    "LSTM": Cell(_lstm, 2, ("input", "forget", "output"), 0.1, 0.9),
    "GRU": Cell(_gru, 1, ("reset", "update"), 0.1, 0.9),
    RESET_BEFORE: Cell(_gru_reset_before, 1, ("reset", "update"), 0.1, 0.9),
    "RNN_TANH": Cell(_tanh, 1, ("state",), -0.9, 0.9),
    "RNN_RELU": Cell(_relu, 1, (), 0.0, 0.0),
}
"""By the `mode` of torch's layer, or the `form` of one of ours."""
