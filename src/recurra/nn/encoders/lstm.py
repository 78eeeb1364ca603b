"""Long short-term memory."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
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
        locked: whether it drops the same elements at every step.
        weight_dropout: share of the recurrent weights that are zero in a pass through training.
        layer_norm: whether the states that each layer after the first reads are normalised (Ba et al. 2016).
        pooling: how the states are summed up, one way or several side by side.
        recurrent_init: how each gate's recurrent weights are drawn.
        forget_bias: of the forget gate at first.
        chrono: longest dependency, in steps; draws the forget and input gates' biases for it, in place of forget_bias.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        num_layers: PositiveInt,
        bidirectional: bool,
        dropout: Share,
        locked: bool = False,
        weight_dropout: Share = 0.0,
        layer_norm: bool = False,
        pooling: Pool | list[Pool],
        recurrent_init: Literal["orthogonal", "uniform"],
        forget_bias: float,
        chrono: Annotated[int, Ge(2), Le(10**9)] | None = None,
    ) -> None:
        recurrence = Recurrence(
            nn.LSTM, input_size, hidden_size, num_layers, bidirectional, dropout, locked, weight_dropout, layer_norm
        )
        initialise(recurrence, recurrent_init, forget_bias, chrono=chrono)
        super().__init__(recurrence, pooling)
