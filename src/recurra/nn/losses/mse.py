"""The mean squared error."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import Loss
from recurra.types import Targets


class MeanSquaredError(Loss):
    """The square of how far each number is off, averaged over all.

    Args:
        class_counts: of no use here: there are no classes.
    """

    targets: ClassVar[Targets] = "values"

    def __init__(self, class_counts: Sequence[int] | None) -> None:
        super().__init__(None)

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        return functional.mse_loss(head(features).float(), targets)
