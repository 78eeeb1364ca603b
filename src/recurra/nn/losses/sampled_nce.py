"""Noise-contrastive estimation over a few sampled classes."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.losses.sampled import Sampled
from recurra.types import NaturalFloat, PositiveInt


class SampledNCE(Sampled):
    """Tells the true class from each of a few others.

    As TensorFlow's `nce_loss`: the binary cross entropies of the true class and of all samples are summed a row.

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

    def __init__(
        self,
        class_counts: Sequence[int] | None,
        *,
        num_sampled: PositiveInt = 20,
        prior: bool = True,
        l2: NaturalFloat = 0.0,
    ) -> None:
        super().__init__(class_counts, num_sampled, l2)
        if class_counts is not None and num_sampled >= len(class_counts):
            raise ConfigError(
                f"loss.num_sampled={num_sampled} does not fit: it should be less than the {len(class_counts)} classes "
                "of the training data. For so few, loss=cross_entropy weighs all of them."
            )
        self._prior = class_counts if prior else None

    def begin(self, head: nn.Module) -> None:
        if self._prior is not None:
            head.expect(self._prior)  # type: ignore[operator]

    def forward(self, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
        return self.contrast(head, features, targets, *self._draw(targets.device))

    def contrast(self, head: nn.Module, features: Tensor, targets: Tensor, sampled: Tensor, tries: int) -> Tensor:
        """The loss against given samples; the arguments are those of `_logits`.

        Returns:
            a scalar, the mean over the batch.
        """
        true, others = self._logits(head, features, targets, sampled, tries)
        # With a target of 1 the binary cross entropy of a logit is softplus(-logit), with 0 it is softplus(logit).
        return (functional.softplus(-true) + functional.softplus(others).sum(1)).mean()
