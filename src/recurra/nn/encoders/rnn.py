"""The plain recurrent network."""

from functools import partial
from typing import Literal

from torch import nn

from recurra.nn.encoders.recurrent import Recurrent
from recurra.nn.initialisation import initialise
from recurra.nn.pooling import Pool
from recurra.nn.recurrence import Recurrence
from recurra.types import PositiveFloat, PositiveInt, Share


class RNN(Recurrent):
    """s_t = f(U x_t + W s_{t-1} + b), s_0 = 0 (Elman 1990).

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
        nonlinearity: f.
        recurrent_init: how W is drawn; `identity` is meant for relu.
        input_sd: standard deviation of the normal that U is drawn from; None draws it Xavier-uniform. The IRNN of Le,
            Jaitly & Hinton 2015 is relu, identity and 0.001.
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
        nonlinearity: Literal["tanh", "relu"],
        recurrent_init: Literal["orthogonal", "uniform", "identity"],
        input_sd: PositiveFloat | None = None,
    ) -> None:
        cell = partial(nn.RNN, nonlinearity=nonlinearity)
        recurrence = Recurrence(
            cell, input_size, hidden_size, num_layers, bidirectional, dropout, locked, weight_dropout, layer_norm
        )
        initialise(recurrence, recurrent_init, input_sd=input_sd)
        super().__init__(recurrence, pooling)
