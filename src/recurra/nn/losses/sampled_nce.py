"""Noise-contrastive estimation over a few sampled classes."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.log_uniform import LogUniform
from recurra.nn.losses.base import Loss
from recurra.types import NaturalFloat, PositiveInt, Targets


class SampledNCE(Loss):
    """Tells the true class from a few others, the same for a whole batch, instead of weighing it against all.

    The head then computes what the few need; its gradient and the optimizer's step still go over all classes, and at
    evaluation all are weighed by the softmax. As TensorFlow's `nce_loss`: the others come from a log-uniform
    distribution over the classes sorted by frequency, each at most once, and may by accident be the true one. A logit
    is held against the logarithm of how often its class is expected among the samples; the binary cross entropies of
    the true class and of all samples are summed a row.

    Source: Gutmann & Hyvärinen 2010; for language, Mnih & Teh 2012.

    Args:
        class_counts: how many training rows hold each class; None where nothing is trained.
        num_sampled: how many others.
        prior: whether the head's biases begin at the logarithms of the classes' frequencies, as those of a language
            model do whatever its loss. Near zero, where TensorFlow leaves them, most of many classes are thought far
            too likely until each was sampled often.
        l2: see `penalty`.

    Raises:
        ConfigError: there are no more classes than that.
    """

    targets: ClassVar[Targets] = "classes"
    by_rank: Tensor
    ranks: Tensor

    def __init__(
        self,
        class_counts: Sequence[int] | None,
        *,
        num_sampled: PositiveInt = 20,
        prior: bool = True,
        l2: NaturalFloat = 0.0,
    ) -> None:
        super().__init__(class_counts, l2=l2)
        if class_counts is not None and num_sampled >= len(class_counts):
            raise ConfigError(
                f"loss.num_sampled={num_sampled} does not fit: it should be less than the {len(class_counts)} classes "
                "of the training data. For so few, loss=cross_entropy weighs all of them."
            )
        self.num_sampled = num_sampled
        counts = torch.tensor([] if class_counts is None else class_counts)
        by_rank = torch.argsort(counts, descending=True, stable=True)
        self.register_buffer("by_rank", by_rank, persistent=False)
        self.register_buffer("ranks", torch.argsort(by_rank), persistent=False)
        self._noise = LogUniform(len(counts))
        self._prior = class_counts if prior else None

    def begin(self, head: nn.Module) -> None:
        if self._prior is not None:
            head.expect(self._prior)  # type: ignore[operator]

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        ranks, tries = self._noise.draw(self.num_sampled)
        return self.contrast(head, features, targets, ranks.to(targets.device), tries)

    def contrast(self, head: nn.Module, features: Tensor, targets: Tensor, sampled: Tensor, tries: int) -> Tensor:
        """The loss against given samples.

        Args:
            head: `read` gives what its linear `projection` reads, of which only the rows of these classes are used.
            features: (B, S).
            targets: (B,).
            sampled: (num_sampled,) ranks of classes, each once.
            tries: how many draws it took to find them.

        Returns:
            a scalar, the mean over the batch.
        """
        assert isinstance(head.projection, nn.Linear)
        features = head.read(features)  # type: ignore[operator]
        weight, bias = head.projection.weight, head.projection.bias
        true = (features * weight[targets]).sum(1).float() + bias[targets]
        true = true - self._noise.log_expected(self.ranks[targets], len(sampled), tries)
        classes = self.by_rank[sampled]
        others = functional.linear(features, weight[classes], bias[classes]).float()
        others = others - self._noise.log_expected(sampled, len(sampled), tries)
        # With a target of 1 the binary cross entropy of a logit is softplus(-logit), with 0 it is softplus(logit).
        return (functional.softplus(-true) + functional.softplus(others).sum(1)).mean()
