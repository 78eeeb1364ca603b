"""Long short-term memory."""

from typing import Literal

from torch import nn

from recurra.nn.encoders.recurrent import Recurrent
from recurra.nn.initialisation import initialise
from recurra.nn.pooling import Pool
from recurra.nn.recurrence import Recurrence
from recurra.types import PositiveInt, Share


class LSTM(Recurrent):
    """Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.

    Args:
        input_size: E.
        hidden_size: units a direction.
        num_layers: each after the first reads the states of the one below.
        bidirectional: whether a second recurrence reads backwards.
        dropout: between layers.
        pooling: how the states are summed up, one way or several side by side.
        recurrent_init: how each gate's recurrent weights are drawn.
        forget_bias: of the forget gate at first.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        num_layers: PositiveInt,
        bidirectional: bool,
        dropout: Share,
        pooling: Pool | list[Pool],
        recurrent_init: Literal["orthogonal", "uniform"],
        forget_bias: float,
    ) -> None:
        recurrence = Recurrence(nn.LSTM, input_size, hidden_size, num_layers, bidirectional, dropout)
        initialise(recurrence, recurrent_init, forget_bias)
        super().__init__(recurrence, pooling)
