"""What the machine can do at best, and how near the recurrent layers come."""

import time
from typing import Any

import torch
from clock import seconds_of
from usual import CELLS

from recurra.nn.recurrence import Recurrence

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def sgemm_rate() -> float:
    """Floating-point operations a second of a large matrix product."""
    one, other = torch.randn(1024, 1024), torch.randn(1024, 1024)
    one @ other
    began = time.perf_counter()
    for _ in range(20):
        one @ other
    return 20 * 2 * 1024**3 / (time.perf_counter() - began)


def recurrence_rate(name: str, size: int, batch: int) -> float:
    """Floating-point operations a second of the recurrent layers alone, forward and backward, no step padded."""
    recurrence = Recurrence(CELLS[name], size, size, 1, True)
    x = torch.randn(batch, 64, size, requires_grad=True)
    lengths = torch.full((batch,), 64)

    def step(_: Any) -> None:
        states, _, _ = recurrence(x, lengths)
        states.sum().backward()

    work = 3 * 2 * GATES[name] * size * 2 * size * 2 * batch * 64  # a product and its two gradients, two directions
    return 8 * work / seconds_of(step, [None] * 9)
