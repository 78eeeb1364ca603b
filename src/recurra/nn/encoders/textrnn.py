"""TextRNN."""

from typing import Literal

from torch import nn

from recurra.nn.encoders.recurrent import Recurrent
from recurra.nn.initialisation import initialise
from recurra.nn.recurrence import Recurrence
from recurra.types import PositiveInt, Share


class TextRNN(Recurrent):
    """A bidirectional LSTM summed up by the last state of each direction, side by side.

    Each is the state after the whole text: the forward one at its last token, the backward one at its first.

    Args:
        input_size: E.
        hidden_size: units a direction.
        num_layers: each after the first reads the states of the one below.
        dropout: between layers.
        recurrent_init: how each gate's recurrent weights are drawn.
        forget_bias: of the forget gate at first.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        num_layers: PositiveInt,
        dropout: Share,
        recurrent_init: Literal["orthogonal", "uniform"],
        forget_bias: float,
    ) -> None:
        recurrence = Recurrence(nn.LSTM, input_size, hidden_size, num_layers, bidirectional=True, dropout=dropout)
        initialise(recurrence, recurrent_init, forget_bias)
        super().__init__(recurrence, "last")
