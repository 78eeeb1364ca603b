"""How far back the loss is felt."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from recurra import gradient_flow_file
from recurra.gradient_flow_file import GRADIENT_FLOW, Norm
from recurra.gradient_flow_picture import draw
from recurra.module import SequenceModule
from recurra.nn.recurrence import Recurrence
from recurra.nn.sequences import mask
from recurra.nn.unrolled import total_derivatives, unrolled
from recurra.types import Batch, PositiveInt

log = logging.getLogger("recurra")

_SMALLEST = torch.finfo(torch.float32).tiny
_CHECKS = 10  # for clipping, from one look to the next: a norm of all gradients takes up to a tenth of a small step


class GradientFlow(Callback):
    """Looks, before every so-manieth optimizer step, at what flows back into each state of the recurrence.

    A few texts of the batch are read once more, step by step, with the weights and the dropout of training, but in full
    precision and from a state of zeros. Their training loss is derived with respect to the hidden state s_t of each
    token t, in each layer and direction, through all later steps. `gradient_flow.csv` gets the mean of
    ||d loss / d s_t||_2 over the texts that have a token t; when training ends, `gradient_flow.png` shows it. Weights,
    their gradients and the random numbers stay what they were. With several ranks the first one looks at texts of its
    own.

    Loggers get, each time:

    - `gradient_flow/layer0_forward/first` and `last`: that mean at the first state in the order of reading, and at the
      last that the loss depends on at all; `decades`: log10 of first / last, in which nothing counts as less than
      1.2e-38, below which training flushes numbers to zero;
    - `gradient_flow/layer0_forward/forget_low`, `forget_high` and so on: shares of saturated gates, see `Trace`;
    - `gradients/norm`: that of all gradients of the step together, before they are clipped;
    - `gradients/clipped`: of about ten optimizer steps since the last time, this one among them, the share whose
      gradients were clipped.

    Args:
        every_n_steps: optimizer steps from one look to the next; the first is before the first step.
        texts: how many are read, the longest of the batch.
    """

    def __init__(self, *, every_n_steps: PositiveInt = 100, texts: PositiveInt = 8) -> None:
        self._every_n_steps = every_n_steps
        self._texts = texts
        self._file: Path | None = None  # none where nothing is looked at
        self._figures: dict[str, float] | None = None  # of the step that is under way
        self._steps = 0
        self._clipped: Tensor | int = 0

    def state_dict(self) -> dict[str, Any]:
        """How many steps were checked since the last look, and how many of them were clipped."""
        return {"steps": self._steps, "clipped": int(self._clipped)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Counts on from `state`."""
        self._steps, self._clipped = state["steps"], state["clipped"]

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Begins the file or goes on with it."""
        if not trainer.is_global_zero:
            return
        if any(isinstance(part, Recurrence) for part in module.modules()):
            self._file = Path(trainer.default_root_dir) / GRADIENT_FLOW
            gradient_flow_file.begin(self._file, trainer.global_step)
        else:
            log.info("callbacks.gradient_flow: this model has no recurrence that a gradient could flow back through.")

    def on_train_batch_start(self, trainer: Trainer, module: LightningModule, batch: Batch, batch_idx: int) -> None:
        """Looks, at the first batch of an optimizer step."""
        if self._file is None or self._figures is not None or trainer.global_step % self._every_n_steps:
            return
        assert isinstance(module, SequenceModule)
        part = longest(batch, self._texts, every_step=module.task.every_step)
        random = torch.random.fork_rng([module.device] if module.device.type == "cuda" else [])
        with random, _one_thread(), unrolled(module) as traces:
            found = total_derivatives(module.training_loss(part), traces)
        self._figures = {}
        for trace, derivatives in zip(traces, found, strict=True):
            direction = "backward" if trace.backward else "forward"
            norms = mean_norms(derivatives, trace.lengths)
            rows = [Norm(trainer.global_step, trace.layer, direction, t, norm) for t, norm in enumerate(norms)]
            gradient_flow_file.append(self._file, rows)
            figures = {**_reach(norms[::-1] if trace.backward else norms), **trace.saturated}
            for name, figure in figures.items():
                self._figures[f"gradient_flow/layer{trace.layer}_{direction}/{name}"] = figure

    def on_before_optimizer_step(self, trainer: Trainer, module: LightningModule, optimizer: Optimizer) -> None:
        """Counts what is going to be clipped, which Lightning does after this, and logs."""
        is_checked = trainer.global_step % max(self._every_n_steps // _CHECKS, 1) == 0
        if self._file is None or (self._figures is None and not is_checked):
            return
        gradients = [w.grad for group in optimizer.param_groups for w in group["params"] if w.grad is not None]
        norm = get_total_norm(gradients)
        largest = get_total_norm(gradients, math.inf) if trainer.gradient_clip_algorithm == "value" else norm
        limit = trainer.gradient_clip_val or math.inf
        self._steps += 1
        self._clipped = self._clipped + (largest > limit)  # on the device: asking would wait for it
        if self._figures is None:
            return
        figures = {
            **self._figures,
            "gradients/norm": float(norm),
            "gradients/clipped": int(self._clipped) / self._steps,
        }
        for logger in trainer.loggers:
            logger.log_metrics(figures, step=trainer.global_step)
        self._figures, self._steps, self._clipped = None, 0, 0

    def on_train_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Draws."""
        if self._file is not None:
            draw(self._file.with_suffix(".png"), gradient_flow_file.read(self._file))


def longest(batch: Batch, count: int, *, every_step: bool) -> Batch:
    """The longest sequences of a batch, each as if it began anew.

    Args:
        count: how many, if there are so many.
        every_step: whether each real step has a target, or several, or each sequence has one.
    """
    chosen = batch.lengths.topk(min(count, len(batch.lengths))).indices
    if every_step:
        of_a_step = len(batch.targets) // max(int(batch.lengths.sum()), 1)
        by_sequence = torch.split(batch.targets, (of_a_step * batch.lengths).tolist())
        targets = torch.cat([by_sequence[number] for number in chosen.tolist()])
    else:
        targets = batch.targets[chosen]
    places = None if batch.places is None else batch.places[chosen]
    return Batch(batch.inputs[chosen], batch.lengths[chosen], targets, batch.rows[chosen], places=places)


def mean_norms(derivatives: Tensor, lengths: Tensor) -> list[float]:
    """The mean norm of (B, T, H) derivatives at each step, over the texts that have it; of no step that none has."""
    # In double precision: the square of 1e-30 is zero in single.
    norms = torch.linalg.vector_norm(derivatives.cpu().double(), dim=2)
    real = mask(lengths.cpu(), norms.size(1))
    means: list[float] = (norms.sum(0) / real.sum(0))[real.any(0)].tolist()
    return means


@contextmanager
def _one_thread() -> Iterator[None]:
    """Single steps are so small that threads take longer to meet than to work, a hundredfold on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _reach(norms: list[float]) -> dict[str, float]:
    """What is logged of norms in the order of reading."""
    if not norms:
        return {}
    first, last = norms[0], next((norm for norm in reversed(norms) if norm), 0.0)
    decades = math.log10(max(first, _SMALLEST)) - math.log10(max(last, _SMALLEST))
    return {"first": first, "last": last, "decades": decades}
