"""Cross entropy."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import Loss, exact
from recurra.nn.losses.class_weights import ClassWeights
from recurra.types import NaturalFloat, Share, Targets


class CrossEntropy(Loss):
    """The negative log likelihood of the class, in nats; a weighted mean where classes have weights.

    Args:
        class_counts: how many training rows hold each class.
        class_weights: `none`, `balanced`, or one weight a class.
        label_smoothing: share of the target spread evenly over all classes (Szegedy et al. 2016, section 7).
        l2: see `penalty`.

    Raises:
        ConfigError: as many weights as classes are expected.
    """

    targets: ClassVar[Targets] = "classes"

    def __init__(
        self,
        class_counts: Sequence[int] | None,
        *,
        class_weights: ClassWeights = "none",
        label_smoothing: Share = 0.0,
        l2: NaturalFloat = 0.0,
    ) -> None:
        super().__init__(class_counts, class_weights, l2)
        self.label_smoothing = label_smoothing

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        logits = exact(head(features))
        weights = None if self.weights is None else self.weights.to(logits)
        return functional.cross_entropy(logits, targets, weights, label_smoothing=self.label_smoothing)
