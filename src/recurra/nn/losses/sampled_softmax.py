"""The softmax over the true class and a few sampled ones."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.losses.base import exact
from recurra.nn.losses.sampled import Sampled
from recurra.types import NaturalFloat, PositiveInt


class SampledSoftmax(Sampled):
    """The negative log likelihood of the true class among itself and the samples, in nats.

    Each logit is held against how often its class is expected among the samples, so that what is learnt is the
    likelihood among all classes, however few are drawn. A sample that is the true class by accident is left out. Where
    there are no more classes than samples, all of them are weighed: that is `CrossEntropy`.

    Source: Jean et al. 2015, On Using Very Large Target Vocabulary for Neural Machine Translation, section 3.

    Args:
        class_counts: how many training rows hold each class; None where nothing is trained.
        num_sampled: how many others.
        l2: see `penalty`.
    """

    def __init__(
        self, class_counts: Sequence[int] | None, *, num_sampled: PositiveInt = 512, l2: NaturalFloat = 0.0
    ) -> None:
        super().__init__(class_counts, num_sampled, l2)

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        if self.num_sampled >= len(self.ranks):
            return functional.cross_entropy(exact(head(features)), targets)
        return self.contrast(head, features, targets, *self._draw(targets.device))

    def contrast(self, head: nn.Module, features: Tensor, targets: Tensor, sampled: Tensor, tries: int) -> Tensor:
        """The loss against given samples; the arguments are those of `_logits`.

        Returns:
            a scalar, the mean over the batch.
        """
        true, others = self._logits(head, features, targets, sampled, tries)
        others = others.masked_fill(self.by_rank[sampled] == targets.unsqueeze(1), -torch.inf)
        # The log of 1 + the sum of the others' odds against the true class.
        return functional.softplus(others.logsumexp(1) - true).mean()
