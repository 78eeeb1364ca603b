"""The recurrent convolutional network of Lai et al. 2015."""

from typing import Literal

import torch
from torch import Tensor, nn

from recurra.nn.encoders.base import Encoder
from recurra.nn.initialisation import initialise
from recurra.nn.recurrence import Recurrence
from recurra.nn.sequences import mask, masked_max
from recurra.types import Encoding, PositiveInt


class RCNNLai(Encoder):
    """Each word between what stands left and right of it, one tanh layer over the three, and the maximum over the text.

    The context of a word leaves the word itself out: the left one is what a recurrence has read up to the word before,
    the right one what another has read, backwards, down to the word after. At the ends of the text both are learnt
    vectors, the same for all texts. With c the contexts and e the vectors:

        c_l(i) = tanh(W_l c_l(i - 1) + W_sl e(i - 1) + b_l)      c_r(i) = tanh(W_r c_r(i + 1) + W_sr e(i + 1) + b_r)
        y(i) = tanh(W [c_l(i); e(i); c_r(i)] + b)                 summary = max over i of y(i)

    Source: Lai, Xu, Liu & Zhao, Recurrent Convolutional Neural Networks for Text Classification, AAAI 2015, equations 1
    to 5; it leaves the recurrences without biases and takes 50 for both widths of e and c, and 100 for that of y.

    Args:
        input_size: E, the width of e.
        hidden_size: of each context, H.
        latent_size: of y, L.
        recurrent_init: how W_l and W_r are drawn.

    Attributes:
        states_size: L, that of y.
        summary_size: L.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: PositiveInt,
        latent_size: PositiveInt,
        recurrent_init: Literal["orthogonal", "uniform"] = "orthogonal",
    ) -> None:
        super().__init__()
        self.recurrence = Recurrence(nn.RNN, input_size, hidden_size, bidirectional=True)
        initialise(self.recurrence, recurrent_init)
        self.ends = nn.Parameter(torch.zeros(2, hidden_size))
        self.projection = nn.Linear(input_size + 2 * hidden_size, latent_size)
        nn.init.xavier_uniform_(self.projection.weight)
        nn.init.zeros_(self.projection.bias)
        self.input_size = input_size
        self.states_size = self.summary_size = latent_size
        self.causal = False
        self.sides, self.side_size = 2, hidden_size

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        rows, steps = x.size(0), x.size(1)
        real = mask(lengths, steps).unsqueeze(2)
        ends = self.ends.to(x.dtype).unsqueeze(1).expand(2, rows, -1)
        read = self.recurrence(x, lengths, (ends.contiguous(),))
        forwards, backwards = read.states.chunk(2, dim=2)
        first, last = ends.unsqueeze(2)
        left = torch.cat([first, forwards], dim=1)[:, :steps]
        right = torch.cat([backwards, last], dim=1)[:, 1:]
        # The right end stands after each text's own last word, not after the padding.
        right = torch.where(
            (torch.arange(steps, device=x.device) == lengths.unsqueeze(1) - 1).unsqueeze(2), last, right
        )
        word = x.masked_fill(~real, 0.0)
        states = self.projection(torch.cat([left, word, right], dim=2)).tanh() * real
        return Encoding(states, masked_max(states, lengths), sided=read.lowest)
