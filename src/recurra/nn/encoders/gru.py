"""The gated recurrent unit."""

from typing import Literal

from torch import nn

from recurra.nn.encoders.recurrent import Recurrent
from recurra.nn.initialisation import initialise
from recurra.nn.pooling import Pool
from recurra.nn.recurrence import Recurrence
from recurra.nn.reset_before import ResetBeforeGRU
from recurra.types import PositiveInt, Share

_CELLS = {"after": nn.GRU, "before": ResetBeforeGRU}


class GRU(Recurrent):
    """Cho et al. 2014, in two forms: the reset gate acts before the matrix product, as there, or after it, as in torch.

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
        reset: which form; `ResetBeforeGRU` has the equations of both.
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
        reset: Literal["after", "before"] = "after",
    ) -> None:
        recurrence = Recurrence(
            _CELLS[reset],
            input_size,
            hidden_size,
            num_layers,
            bidirectional,
            dropout,
            locked,
            weight_dropout,
            layer_norm,
        )
        initialise(recurrence, recurrent_init)
        super().__init__(recurrence, pooling)
