"""One of several classes."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.errors import DataError
from recurra.tasks.labels import single
from recurra.tasks.single_label import SingleLabel
from recurra.types import Example, Share


class Classification(SingleLabel):
    """Softmax over two or more classes.

    Args:
        labels: the classes.
        features_size: width of what the head sees.
        dropout: before the head.

    Raises:
        DataError: fewer than two classes.
    """

    targets: ClassVar[Literal["classes", "bits"]] = "classes"

    def __init__(self, labels: Sequence[str], features_size: int, *, dropout: Share = 0.0) -> None:
        if len(labels) < 2:
            raise DataError(f"Classification needs two classes or more; the training data has {list(labels)}.")
        super().__init__(labels, features_size, len(labels), dropout)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        index = {label: number for number, label in enumerate(self.labels)}
        return np.array(single(examples, index), dtype=np.int64)

    def probabilities(self, logits: Tensor) -> Tensor:
        return logits.float().softmax(dim=1)

    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(logits.float(), targets, reduction="none")

    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        total = torch.zeros(rows, logits.shape[1], device=logits.device)
        total.index_add_(0, windows, self.probabilities(logits))
        mean = total / torch.bincount(windows, minlength=rows).unsqueeze(1)
        # The logarithm of probabilities is a logit vector of theirs; the floor keeps an exact zero finite.
        return mean.clamp_min(torch.finfo(mean.dtype).tiny).log()

    def class_numbers(self, targets: Tensor) -> Tensor:
        return targets
