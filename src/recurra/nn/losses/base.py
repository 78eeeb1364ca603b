"""What every loss promises."""

import abc
from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from recurra.nn.losses.class_weights import ClassWeights, class_weights
from recurra.types import Targets


class Loss(nn.Module, abc.ABC):
    """From features and targets to one number. It is given the head itself, so that it may look inside.

    Args:
        class_counts: how many training rows hold each class, handed over at build time; None where there are no
            classes.
        weights: what each class counts.

    Attributes:
        targets: what it takes: `classes` (B,) int64, `bits` (B, C) or `values` (B, 1) float32.
        weights: (C,) or None; made anew from the configuration, so not part of a checkpoint.
    """

    targets: ClassVar[Targets]
    weights: Tensor | None

    def __init__(self, class_counts: Sequence[int] | None, weights: ClassWeights = "none") -> None:
        super().__init__()
        self.register_buffer("weights", class_weights(weights, class_counts), persistent=False)

    @abc.abstractmethod
    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        """The mean loss over a batch, in float32.

        Args:
            head: features (B, S) to logits (B, C).
            features: (B, S).
            targets: as `targets` says.

        Returns:
            a scalar.
        """
