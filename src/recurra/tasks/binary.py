"""Yes or no."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.errors import ConfigError, DataError, unknown
from recurra.tasks.head import HeadInit
from recurra.tasks.labels import single
from recurra.tasks.mean_bits import mean_of_windows
from recurra.tasks.single_label import SingleLabel
from recurra.types import Example, Share, Targets


class Binary(SingleLabel):
    """Two classes, one logit, a sigmoid.

    Args:
        labels: two classes.
        features_size: width of what the head sees.
        dropout: before the head.
        init: how the head is drawn, see `Head`.
        positive: the label whose probability the logit gives; null takes the second in order.

    Raises:
        DataError: not two classes.
        ConfigError: `positive` is neither.
    """

    targets: ClassVar[Targets] = "bits"

    def __init__(
        self,
        labels: Sequence[str],
        features_size: int,
        *,
        dropout: Share = 0.0,
        init: HeadInit = "xavier",
        positive: str | None = None,
    ) -> None:
        if len(labels) != 2:
            raise DataError(
                f"task=binary needs two classes; the training data has {len(labels)}: {', '.join(labels)}. "
                "Use task=classification."
            )
        positive = labels[1] if positive is None else positive
        if positive not in labels:
            raise ConfigError("task.positive: " + unknown("label", positive, labels))
        ordered = [label for label in labels if label != positive] + [positive]
        super().__init__(ordered, features_size, 1, dropout, init)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        index = {label: number for number, label in enumerate(self.labels)}
        return np.array(single(examples, index), dtype=np.float32).reshape(-1, 1)

    def outputs(self, logits: Tensor) -> Tensor:
        positive = logits.float().sigmoid()
        return torch.cat([1 - positive, positive], dim=1)

    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none").squeeze(1)

    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        return mean_of_windows(logits, windows, rows)

    def class_numbers(self, targets: Tensor) -> Tensor:
        return targets.squeeze(1).long()
