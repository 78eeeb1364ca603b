"""Binary cross entropy."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import Loss, exact
from recurra.nn.losses.class_weights import ClassWeights
from recurra.types import NaturalFloat, Targets


class BinaryCrossEntropy(Loss):
    """The negative log likelihood of each bit, in nats, averaged over all bits.

    A class's weight multiplies what its yes counts against its no. One logit for two classes (no, yes) gets the weight
    of the yes divided by that of the no: rows of no / rows of yes when balanced.

    Args:
        class_counts: how many training rows hold each class.
        class_weights: `none`, `balanced`, or one weight a class.
        l2: see `penalty`.

    Raises:
        ConfigError: as many weights as classes are expected.
    """

    targets: ClassVar[Targets] = "bits"

    def __init__(
        self, class_counts: Sequence[int] | None, *, class_weights: ClassWeights = "none", l2: NaturalFloat = 0.0
    ) -> None:
        super().__init__(class_counts, class_weights, l2)

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        logits = exact(head(features))
        weights = None if self.weights is None else self.weights.to(logits)
        if weights is not None and len(weights) == 2 and logits.size(1) == 1:
            weights = weights[1:] / weights[:1]
        return functional.binary_cross_entropy_with_logits(logits, targets.to(logits), pos_weight=weights)
