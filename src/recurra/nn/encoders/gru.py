"""The gated recurrent unit."""

from typing import Literal

from torch import nn

from recurra.nn.encoders.recurrent import Recurrent
from recurra.nn.initialisation import initialise
from recurra.nn.pooling import Pool
from recurra.nn.recurrence import Recurrence
from recurra.types import PositiveInt, Share


class GRU(Recurrent):
    """Cho et al. 2014, in torch's form: the reset gate acts after the matrix product, not before it.

    Args:
        input_size: E.
        hidden_size: units a direction.
        num_layers: each after the first reads the states of the one below.
        bidirectional: whether a second recurrence reads backwards.
        dropout: between layers.
        locked: whether it drops the same elements at every step.
        weight_dropout: share of the recurrent weights that are zero in a pass through training.
        pooling: how the states are summed up, one way or several side by side.
        recurrent_init: how each gate's recurrent weights are drawn.
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
        pooling: Pool | list[Pool],
        recurrent_init: Literal["orthogonal", "uniform"],
    ) -> None:
        recurrence = Recurrence(
            nn.GRU, input_size, hidden_size, num_layers, bidirectional, dropout, locked, weight_dropout
        )
        initialise(recurrence, recurrent_init)
        super().__init__(recurrence, pooling)
