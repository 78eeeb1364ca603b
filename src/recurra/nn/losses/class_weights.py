"""How much a class counts in a loss."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from recurra.errors import ConfigError
from recurra.types import PositiveFloat

ClassWeights = Literal["none", "balanced"] | list[PositiveFloat]


def class_weights(choice: ClassWeights, class_counts: Sequence[int] | None) -> Tensor | None:
    """The weight of each class.

    Args:
        choice: `none`; `balanced`, n / (C * count) with n the sum of all counts; or the weights themselves.
        class_counts: how many training rows hold each class, or None where the task has no such thing.

    Returns:
        (C,) float32, or None for `none`. A class that no training row holds has weight 1 when balanced: there is
        nothing to balance, and a weight of 0 would make the mean over a batch of that class alone NaN.

    Raises:
        ConfigError: as many weights as classes are expected, or there are no classes to balance.
    """
    if choice == "none":
        return None
    if choice == "balanced":
        if class_counts is None:
            raise ConfigError(
                "loss.class_weights: balanced came, and this task has no classes to count. Use loss.class_weights=none."
            )
        total = sum(class_counts)
        return torch.tensor([total / (len(class_counts) * count) if count else 1.0 for count in class_counts])
    if class_counts is not None and len(choice) != len(class_counts):
        raise ConfigError(
            f"loss.class_weights: {len(choice)} weights came, and {len(class_counts)} are expected, one a class in the "
            "order of the labels."
        )
    return torch.tensor(list(choice), dtype=torch.float32)
