"""What every loss promises."""

import abc
from collections.abc import Iterable, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from recurra.nn.losses.class_weights import ClassWeights, class_weights
from recurra.types import NaturalFloat, Targets

_RECURRENT_BIASES = ("bias_ih_l", "bias_hh_l")
"""How torch's recurrent layers begin the names of their biases."""


class Loss(nn.Module, abc.ABC):
    """From features and targets to one number. It is given the head itself, so that it may look inside.

    Args:
        class_counts: how many training rows hold each class, handed over at build time; None where there are no
            classes.
        weights: what each class counts.
        l2: times half the sum of the squared weights is what `penalty` adds.

    Attributes:
        targets: what it takes: `classes` (B,) int64, `bits` (B, C) or `values` (B, 1) float32.
        weights: (C,) or None; made anew from the configuration, so not part of a checkpoint.
    """

    targets: ClassVar[Targets]
    weights: Tensor | None

    def __init__(
        self, class_counts: Sequence[int] | None, weights: ClassWeights = "none", l2: NaturalFloat = 0.0
    ) -> None:
        super().__init__()
        self.register_buffer("weights", class_weights(weights, class_counts), persistent=False)
        self.l2 = l2

    @abc.abstractmethod
    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        """The mean loss over a batch, in float32 or, of float64, in that.

        Args:
            head: features (B, S) to logits (B, C).
            features: (B, S).
            targets: as `targets` says.

        Returns:
            a scalar.
        """

    def begin(self, head: nn.Module) -> None:
        """Prepares a head that is about to learn by this loss; most leave it as it was drawn."""

    def penalty(self, weights: Iterable[tuple[str, nn.Parameter]]) -> Tensor:
        """The L2 penalty on a model: `l2` times half the sum of squares of all that is trained but recurrent biases.

        So the original TextRNN has it: it leaves out what has "bias" in its name, and the biases of its LSTMs do.

        Args:
            weights: the model's, with their names.

        Returns:
            a scalar.
        """
        squares = [
            weight.square().sum()
            for name, weight in weights
            if weight.requires_grad and not name.rpartition(".")[2].startswith(_RECURRENT_BIASES)
        ]
        return self.l2 / 2 * torch.stack(squares).sum()


def exact(x: Tensor) -> Tensor:
    """As float32 at least: a loss of half precision is too coarse to learn from."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
