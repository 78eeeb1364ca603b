"""Focal loss."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import Loss, exact
from recurra.nn.losses.class_weights import ClassWeights
from recurra.types import NaturalFloat, Targets


class Focal(Loss):
    """-(1 - p)^gamma log p, with p the probability of the class: easy rows count less.

    Source: Lin et al. 2017, Focal Loss for Dense Object Detection, equations 4 and 5. With gamma 0 it is cross entropy,
    class weights included.

    Args:
        class_counts: how many training rows hold each class.
        gamma: how much less.
        class_weights: `none`, `balanced`, or one weight a class (the paper's alpha).
        l2: see `penalty`.

    Raises:
        ConfigError: as many weights as classes are expected.
    """

    targets: ClassVar[Targets] = "classes"

    def __init__(
        self,
        class_counts: Sequence[int] | None,
        *,
        gamma: NaturalFloat = 2.0,
        class_weights: ClassWeights = "none",
        l2: NaturalFloat = 0.0,
    ) -> None:
        super().__init__(class_counts, class_weights, l2)
        self.gamma = gamma

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        log_loss = functional.cross_entropy(exact(head(features)), targets, reduction="none")
        # Below gamma 1 the slope of x^gamma at 0 is infinite, and a row that is certain would give NaN.
        doubt = (-torch.expm1(-log_loss)).clamp(min=torch.finfo(log_loss.dtype).tiny)
        losses = doubt**self.gamma * log_loss
        if self.weights is None:
            return losses.mean()
        weights = self.weights.to(losses)[targets]
        return (weights * losses).sum() / weights.sum()
