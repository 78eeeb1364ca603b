"""States that go over from one batch to the next."""

from typing import Any

import torch.distributed as dist
from torch import Tensor


class CarriedState:
    """Where each sequence of a batch goes on from, cut off from how it came about: truncated backpropagation.

    In several processes each has sequences, and so states, of its own.
    """

    def __init__(self) -> None:
        self._state: tuple[Tensor, ...] | None = None

    def before(self, continues: Tensor) -> tuple[Tensor, ...] | None:
        """The state to begin with, zero for what begins anew; None where all do.

        Args:
            continues: (B,) bool, whether each sequence goes on.
        """
        if self._state is None or not bool(continues.any()):
            return None
        going = continues.view(1, -1, 1)
        # A state that comes from a checkpoint is on the CPU.
        return tuple(part.to(continues.device) * going.to(part.dtype) for part in self._state)

    def after(self, state: tuple[Tensor, ...]) -> None:
        """Keeps the state, (layers, B, H) each, in which the sequences ended."""
        self._state = tuple(part.detach() for part in state)

    def state_dict(self) -> dict[str, Any]:
        """The states of all ranks."""
        own = None if self._state is None else [part.cpu() for part in self._state]
        if not dist.is_initialized():
            return {"ranks": [own]}
        states: list[Any] = [None] * dist.get_world_size()
        dist.all_gather_object(states, own)
        return {"ranks": states}

    def load_state_dict(self, content: dict[str, Any]) -> None:
        """Goes on from `content`; with another number of ranks, from nothing."""
        ranks = content["ranks"]
        rank, size = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        own = ranks[rank] if len(ranks) == size else None
        self._state = None if own is None else tuple(own)
