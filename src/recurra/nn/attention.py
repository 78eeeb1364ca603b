"""A learned weighting of the steps."""

import torch
from torch import Tensor, nn

from recurra.nn.sequences import mask


class Attention(nn.Module):
    """The mean of the states, weighted by a softmax over additive scores v . tanh(W s + b).

    Source: Yang et al. 2016, Hierarchical Attention Networks, section 2.2 (after Bahdanau et al. 2015).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(size, size)
        self.score = nn.Linear(size, 1, bias=False)

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, D) and (B,) -> (B, D), zero for an empty text."""
        padding = ~mask(lengths, states.size(1))
        scores: Tensor = self.score(torch.tanh(self.hidden(states))).squeeze(2)
        # The lowest finite number, not -inf: a softmax over nothing but -inf is NaN, and so is its gradient.
        weights = scores.masked_fill(padding, torch.finfo(scores.dtype).min).softmax(1)
        return torch.einsum("bt,btd->bd", weights, states.masked_fill(padding.unsqueeze(2), 0.0))
