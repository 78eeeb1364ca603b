"""The training step of every plain loop."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer


def step_of(model: nn.Module, loss: Callable[[Any], Tensor], optimizer: Optimizer) -> Callable[[Any], None]:
    """What is done with a batch: its loss, gradients of norm 1 at most, one step of the optimizer."""

    def step(batch: Any) -> None:
        optimizer.zero_grad()
        loss(batch).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step
