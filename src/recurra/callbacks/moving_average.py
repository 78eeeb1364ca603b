"""The exponential moving average of the weights, warmed up."""

from typing import Annotated, final

import torch
from annotated_types import Ge, Lt
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor


@final
class MovingAverage(WeightAveraging):
    """Validates and keeps the moving average of the weights instead of the weights themselves.

    Early averages would be made of the random first weights (with a decay of 0.999 half of them after 693 steps, which
    is more than a small training has), so the decay grows: see `decay_of`.

    Args:
        decay: of the average, an optimizer step, once warmed up.
    """

    def __init__(self, decay: Annotated[float, Ge(0), Lt(1)] = 0.999) -> None:
        def average(averaged: list[Tensor], current: list[Tensor], updates: Tensor | int) -> None:
            # All weights at once: `updates` stands on the device, and reading it waits for that.
            torch._foreach_lerp_(averaged, current, 1 - decay_of(int(updates), highest=decay))

        super().__init__(use_buffers=False, multi_avg_fn=average)  # they are no weights, and may be whole numbers


def decay_of(update: int, highest: float) -> float:
    """min(highest, (1 + n) / (10 + n)) of update n, as in TensorFlow's `tf.train.ExponentialMovingAverage`."""
    return min(highest, (1 + update) / (10 + update))
