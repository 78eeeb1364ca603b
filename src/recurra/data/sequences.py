"""Sequences of one length, as a batch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.data.truncation import Integers
from recurra.types import Batch


def batch_of(inputs: NDArray[Any], asked: NDArray[Any], rows: Integers) -> Batch:
    """The batch of some sequences.

    Args:
        inputs: (N, T, F) numbers, or (N, T) tokens.
        asked: (N, 1) float32 values, (N,) int64 classes, or (N, T) int64 classes, one a step.
        rows: (N,) the number of each in its split.
    """
    targets = torch.from_numpy(asked)
    return Batch(
        inputs=torch.from_numpy(inputs),
        lengths=torch.full((len(inputs),), inputs.shape[1]),
        targets=targets if asked.dtype == np.float32 else targets.flatten(),
        rows=torch.from_numpy(rows),
    )
