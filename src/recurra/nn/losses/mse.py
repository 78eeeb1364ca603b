"""The mean squared error."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import Loss, exact
from recurra.types import NaturalFloat, Targets


class MeanSquaredError(Loss):
    """The square of how far each number is off, averaged over all.

    Args:
        class_counts: of no use here: there are no classes.
        l2: see `penalty`.
    """

    targets: ClassVar[Targets] = "values"

    def __init__(self, class_counts: Sequence[int] | None, *, l2: NaturalFloat = 0.0) -> None:
        super().__init__(None, l2=l2)

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        return functional.mse_loss(exact(head(features)), targets)
