"""A bag of words."""

import torch
from torch import Tensor

from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import mask, masked_mean
from recurra.types import Encoding


class Bag(Encoder):
    """The mean of the vectors, in whatever order they stand; there is no weight to learn.

    Not recurrent: what a recurrent encoder gains on it is what order is worth. With the vectors of n-grams among them
    (`embedding.ngrams=2`) and a linear layer after it, it is the classifier of Joulin, Grave, Bojanowski & Mikolov,
    Bag of Tricks for Efficient Text Classification, EACL 2017 (fastText).

    Where each step is asked, its state is its own vector beside the mean of all: not causal, since the mean knows what
    comes after. A hidden word is then told from the mean of those around it, as by CBOW (Mikolov et al. 2013, section
    3.1) with the whole text for a window.

    Args:
        input_size: E.

    Attributes:
        states_size: 2 E.
        summary_size: E.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = self.summary_size = input_size
        self.states_size = 2 * input_size
        self.causal = False

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        summary = masked_mean(x, lengths)
        beside = summary.unsqueeze(1).expand_as(x)
        padding = ~mask(lengths, x.size(1)).unsqueeze(2)
        return Encoding(torch.cat([x, beside], dim=2).masked_fill(padding, 0.0), summary)
