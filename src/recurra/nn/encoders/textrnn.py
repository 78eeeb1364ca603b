"""TextRNN."""

from typing import Literal

import torch
from torch import Tensor, nn

from recurra.nn.encoders.base import Encoder
from recurra.nn.initialisation import initialise
from recurra.nn.recurrence import Recurrence
from recurra.types import Encoding, PositiveInt, Share


class TextRNN(Encoder):
    """A bidirectional LSTM, of which one step of each direction sums the text up, side by side.

    With the correct readout each is the state after the whole text: the forward one at its last token, the backward one
    at its first. The faithful one is that of the original program: every step is read, padding too, and the output at
    the last of them is taken, where the backward LSTM has read a single token, most often padding.

    Args:
        input_size: E.
        hidden_size: units a direction.
        num_layers: each after the first reads the states of the one below.
        dropout: between layers.
        recurrent_init: how each gate's recurrent weights are drawn; `glorot_stacked`: input and recurrent weights of
            all gates as in the original.
        forget_bias: of the forget gate at first.
        readout: which steps.
        single_bias: whether one bias a gate is trained, as in the original, of the two that torch has.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        num_layers: PositiveInt,
        dropout: Share,
        recurrent_init: Literal["orthogonal", "uniform", "glorot_stacked"],
        forget_bias: float,
        readout: Literal["correct", "faithful"] = "correct",
        single_bias: bool = False,
    ) -> None:
        super().__init__()
        self.recurrence = Recurrence(nn.LSTM, input_size, hidden_size, num_layers, bidirectional=True, dropout=dropout)
        initialise(self.recurrence, recurrent_init, forget_bias, single_bias)
        self.input_size = input_size
        self.states_size = self.summary_size = self.recurrence.output_size
        self.causal = False
        self.sides, self.side_size = 2, hidden_size
        self.reads_padding = readout == "faithful"

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        if self.reads_padding:
            read = self.recurrence(x, torch.full_like(lengths, x.size(1)))
            return Encoding(read.states, read.states[:, -1], sided=read.lowest)
        read = self.recurrence(x, lengths)
        return Encoding(read.states, read.final, sided=read.lowest)
