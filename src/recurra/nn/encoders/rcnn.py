"""A recurrent convolutional network."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.convolution import convolved, draw_glorot, windows
from recurra.nn.encoders.base import Encoder
from recurra.nn.initialisation import initialise
from recurra.nn.recurrence import Recurrence
from recurra.nn.sequences import mask, masked_max, masked_mean
from recurra.types import Encoding, PositiveInt, Share

_CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
_FORGET_BIAS = {"lstm": 1.0}


class RCNN(Encoder):
    """Each vector beside its context from both sides, then convolutions of several widths, pooled in two ways.

    The variant of RCNN whose context comes from a bidirectional recurrence and is convolved; not that of Lai et al.
    2015. A window counts only if it lies wholly inside the text; a text shorter than a window is extended with zeros to
    one. With the faithful readout, that of the original program, padding is part of the text.

    Args:
        input_size: E.
        hidden_size: units a direction of the recurrence, H.
        cell: of the recurrence.
        filters: of each convolution.
        widths: of the convolutions, in tokens.
        num_layers: of the recurrence.
        dropout: between its layers.
        recurrent_init: how each gate's recurrent weights are drawn; `orthogonal_stacked`: input and recurrent weights
            of all gates as in Keras.
        convolution_init: how the convolutions are drawn: `uniform` as torch does, or Glorot-uniform with zero bias.
        readout: whether padding is left out, or read.
        single_bias: whether one bias a gate is trained, as in Keras, of the two that torch has.

    Attributes:
        states_size: E + 2 H, what the convolutions read: the vector, then its context.
        summary_size: 2 * filters * widths: for each width the average, then the maximum.

    Raises:
        ConfigError: no width.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        cell: Literal["lstm", "gru", "rnn"],
        filters: PositiveInt = 128,
        widths: list[PositiveInt] = [1, 2, 3, 4],  # noqa: B006 (never changed)
        num_layers: PositiveInt = 1,
        dropout: Share = 0.0,
        recurrent_init: Literal["orthogonal", "uniform", "orthogonal_stacked"] = "orthogonal",
        convolution_init: Literal["uniform", "glorot"] = "uniform",
        readout: Literal["correct", "faithful"] = "correct",
        single_bias: bool = False,
    ) -> None:
        super().__init__()
        if not widths:
            raise ConfigError("model.widths: an empty list came, and at least one width is expected, such as [1,2,3].")
        self.recurrence = Recurrence(_CELLS[cell], input_size, hidden_size, num_layers, True, dropout)
        initialise(self.recurrence, recurrent_init, _FORGET_BIAS.get(cell), single_bias)
        self.input_size = input_size
        self.states_size = input_size + self.recurrence.output_size
        self.summary_size = 2 * filters * len(widths)
        self.causal = False
        self.sides, self.side_size = 2, hidden_size
        self.reads_padding = readout == "faithful"
        self.widths = list(widths)
        convolutions = [nn.Conv1d(self.states_size, filters, width) for width in widths]
        if convolution_init == "glorot":
            draw_glorot(convolutions)
        self.convolutions = nn.ModuleList(convolutions)

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        if self.reads_padding:
            lengths = torch.full_like(lengths, x.size(1))
        context = self.recurrence(x, lengths)
        padding = ~mask(lengths, x.size(1)).unsqueeze(2)
        states = torch.cat([x.masked_fill(padding, 0.0), context.states], dim=2)

        missing = max(0, max(self.widths) - x.size(1))
        read = functional.pad(states, (0, 0, 0, missing))
        pooled = []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            found = convolved(read, convolution).relu()
            counted = windows(lengths, width)
            pooled += [masked_mean(found, counted), masked_max(found, counted)]
        return Encoding(states, torch.cat(pooled, dim=1), sided=context.lowest)
