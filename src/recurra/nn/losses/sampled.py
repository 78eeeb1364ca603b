"""What the losses over a few sampled classes share."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.log_uniform import LogUniform
from recurra.nn.losses.base import Loss
from recurra.types import NaturalFloat, Targets


class Sampled(Loss):
    """Holds the true class against a few others, the same for a whole batch, instead of against all.

    The head then computes what the few need; its gradient and the optimizer's step still go over all classes, and at
    evaluation all are weighed by the softmax. The others come from a log-uniform distribution over the classes sorted
    by frequency, each at most once, and may by accident be the true one.

    Args:
        class_counts: how many training rows hold each class; None where nothing is trained.
        num_sampled: how many others.
        l2: see `penalty`.
    """

    targets: ClassVar[Targets] = "classes"
    by_rank: Tensor
    ranks: Tensor

    def __init__(self, class_counts: Sequence[int] | None, num_sampled: int, l2: NaturalFloat) -> None:
        super().__init__(class_counts, l2=l2)
        self.num_sampled = num_sampled
        counts = torch.tensor([] if class_counts is None else class_counts)
        by_rank = torch.argsort(counts, descending=True, stable=True)
        self.register_buffer("by_rank", by_rank, persistent=False)
        self.register_buffer("ranks", torch.argsort(by_rank), persistent=False)
        self._noise = LogUniform(len(counts))

    def _draw(self, device: torch.device) -> tuple[Tensor, int]:
        """The ranks of the others, and how many draws it took to find them."""
        ranks, tries = self._noise.draw(self.num_sampled)
        return ranks.to(device), tries

    def _logits(
        self, head: nn.Module, features: Tensor, targets: Tensor, sampled: Tensor, tries: int
    ) -> tuple[Tensor, Tensor]:
        """The logits of the true class and of the others, each less the logarithm of how often its class is expected
        among the samples.

        Args:
            head: `read` gives what its linear `projection` reads, of which only the rows of these classes are used.
            features: (B, S).
            targets: (B,).
            sampled: (num_sampled,) ranks of classes, each once.
            tries: how many draws it took to find them.

        Returns:
            (B,) and (B, num_sampled), float32.
        """
        assert isinstance(head.projection, nn.Linear)
        features = head.read(features)  # type: ignore[operator]
        weight, bias = head.projection.weight, head.projection.bias
        # Not weight[targets], whose threads add up gradients of the same class in any order.
        own, own_bias = functional.embedding(targets, weight), functional.embedding(targets, bias.unsqueeze(1))
        true = (features * own).sum(1).float() + own_bias.squeeze(1)
        classes = self.by_rank[sampled]
        others = functional.linear(features, weight[classes], bias[classes]).float()
        return (
            true - self._noise.log_expected(self.ranks[targets], len(sampled), tries),
            others - self._noise.log_expected(sampled, len(sampled), tries),
        )
