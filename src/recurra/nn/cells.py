"""What torch's recurrent layers do in one step, written out."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

State = tuple[Tensor, ...]
"""Of one step: hidden (B, H), and for an LSTM cell (B, H)."""


class Cell(NamedTuple):
    """One kind of cell.

    Attributes:
        step: (W_ih x + b_ih, W_hh h + b_hh, state) -> the next state, and the activations that may saturate.
        parts: of its state.
        activations: what these are called.
        low, high: outside of which they are saturated.
    """

    step: Callable[[Tensor, Tensor, State], tuple[State, State]]
    parts: int
    activations: tuple[str, ...]
    low: float
    high: float


def _lstm(given: Tensor, recurrent: Tensor, state: State) -> tuple[State, State]:
    i, f, g, o = (given + recurrent).chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cell = f * state[1] + i * g
    return (o * cell.tanh(), cell), (i, f, o)


def _gru(given: Tensor, recurrent: Tensor, state: State) -> tuple[State, State]:
    given_r, given_z, given_n = given.chunk(3, dim=1)
    recurrent_r, recurrent_z, recurrent_n = recurrent.chunk(3, dim=1)
    r, z = (given_r + recurrent_r).sigmoid(), (given_z + recurrent_z).sigmoid()
    n = (given_n + r * recurrent_n).tanh()
    return ((1 - z) * n + z * state[0],), (r, z)


def _tanh(given: Tensor, recurrent: Tensor, state: State) -> tuple[State, State]:
    hidden = (given + recurrent).tanh()
    return (hidden,), (hidden,)


def _relu(given: Tensor, recurrent: Tensor, state: State) -> tuple[State, State]:
    return ((given + recurrent).relu(),), ()


CELLS = {
    "LSTM": Cell(_lstm, 2, ("input", "forget", "output"), 0.1, 0.9),
    "GRU": Cell(_gru, 1, ("reset", "update"), 0.1, 0.9),
    "RNN_TANH": Cell(_tanh, 1, ("state",), -0.9, 0.9),
    "RNN_RELU": Cell(_relu, 1, (), 0.0, 0.0),
}
"""By the `mode` of torch's layer."""
