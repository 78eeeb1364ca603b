"""What loops are measured by."""

import time
from collections.abc import Callable
from typing import Any

from recurra.types import Batch


def seconds_of(step: Callable[[Any], None], batches: list[Any]) -> float:
    """What the batches take, after one that is not counted."""
    step(batches[0])
    began = time.perf_counter()
    for batch in batches[1:]:
        step(batch)
    return time.perf_counter() - began


def seconds(call: Callable[..., Any], *arguments: Any) -> float:
    """Wall time of a call."""
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began


def tokens(batches: list[Batch]) -> int:
    """Real ones."""
    return sum(int(batch.lengths.sum()) for batch in batches)
