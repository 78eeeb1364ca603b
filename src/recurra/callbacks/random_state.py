"""A resumed run draws the same random numbers as an uninterrupted one."""

import random
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from lightning.pytorch import Callback, LightningModule, Trainer


class RandomState(Callback):
    """Saves the states of Python's, NumPy's and torch's generators with every checkpoint, and restores them.

    Each rank has states of its own. They are restored before the first batch of a resumed run, after everything that
    draws while it sets itself up.
    """

    def __init__(self) -> None:
        self._pending: dict[str, Any] | None = None

    def state_dict(self) -> dict[str, Any]:
        """The states of all ranks as plain containers, so that a checkpoint holds no code."""
        if not dist.is_initialized():
            return {"ranks": [self._own()]}
        states: list[Any] = [None] * dist.get_world_size()
        dist.all_gather_object(states, self._own())
        return {"ranks": states}

    def _own(self) -> dict[str, Any]:
        numpy_state = np.random.get_state(legacy=False)
        assert isinstance(numpy_state, dict)
        numpy_state["state"] = {name: np.asarray(value).tolist() for name, value in numpy_state["state"].items()}
        state: dict[str, Any] = {
            "python": random.getstate(),
            "numpy": numpy_state,
            "torch": torch.get_rng_state(),
        }
        if torch.cuda.is_available():
            state["cuda"] = torch.cuda.get_rng_state_all()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Keeps this rank's state until the first batch; another number of ranks draws anew."""
        ranks = dist.get_world_size() if dist.is_initialized() else 1
        if len(state["ranks"]) == ranks:
            self._pending = state["ranks"][dist.get_rank() if dist.is_initialized() else 0]

    def on_train_batch_start(self, trainer: Trainer, module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Restores what was loaded."""
        if self._pending is None:
            return
        state, self._pending = self._pending, None
        version, internal, gauss = state["python"]
        random.setstate((version, tuple(internal), gauss))
        inner = state["numpy"]["state"]
        np.random.set_state({**state["numpy"], "state": {**inner, "key": np.array(inner["key"], dtype=np.uint32)}})
        torch.set_rng_state(state["torch"])
        if torch.cuda.is_available() and len(state.get("cuda", [])) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["cuda"])
