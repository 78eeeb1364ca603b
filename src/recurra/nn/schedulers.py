"""How the learning rate moves: factories, called with the optimizer and the number of its steps in the whole run.

A warm-up is a share of those steps in which the rate grows linearly, at step k of w to (k + 1) / (w + 1) of what the
optimizer was given; what follows counts its own steps from the end of it.
"""

from typing import Literal, NamedTuple

from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    LinearLR,
    LRScheduler,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)

from recurra.types import NaturalInt, PositiveFloat, PositiveInt, Share


class Schedule(NamedTuple):
    """A torch scheduler and when to step it.

    Attributes:
        scheduler: it acts on the optimizer's groups, each from its own rate.
        interval: after each optimizer step, or after each epoch's validation.
        monitored: whether its `step` takes the watched metric.
    """

    scheduler: LRScheduler
    interval: Literal["step", "epoch"]
    monitored: bool


def constant(optimizer: Optimizer, total_steps: int, *, warmup: Share) -> list[Schedule]:
    """The rate as it is, after the warm-up."""
    steps = _warmup_steps(total_steps, warmup)
    return [_by_step(_rising(optimizer, steps))] if steps else []


def staircase_exponential(
    optimizer: Optimizer, total_steps: int, *, decay_steps: PositiveInt, decay_rate: PositiveFloat, warmup: Share
) -> list[Schedule]:
    """rate * decay_rate^floor(step / decay_steps)."""
    steps = _warmup_steps(total_steps, warmup)
    return _after_warmup(optimizer, steps, StepLR(optimizer, step_size=decay_steps, gamma=decay_rate))


def cosine(optimizer: Optimizer, total_steps: int, *, warmup: Share, floor: Share) -> list[Schedule]:
    """Half a cosine down to `floor`, a share of the rate that the optimizer was given (Loshchilov & Hutter 2017)."""
    steps = _warmup_steps(total_steps, warmup)
    lowest = floor * optimizer.defaults["lr"]
    # At least one step: a warm-up may round to the whole of a very short run.
    falling = CosineAnnealingLR(optimizer, T_max=max(1, total_steps - steps), eta_min=lowest)
    return _after_warmup(optimizer, steps, falling)


def one_cycle(optimizer: Optimizer, total_steps: int, *, warmup: Share = 0.3) -> list[Schedule]:
    """Up to the optimizer's rate and down to next to nothing, both along a cosine (Smith & Topin 2018).

    Starts at 1/25 of the rate; momentum is left alone. torch divides by zero where the warm-up is exactly one step, so
    one of a step or less is none.
    """
    share = warmup if warmup * total_steps > 1 else 0.0
    peaks = [group["lr"] for group in optimizer.param_groups]
    return [_by_step(OneCycleLR(optimizer, peaks, total_steps, pct_start=share, cycle_momentum=False))]


def plateau(
    optimizer: Optimizer,
    total_steps: int,
    *,
    factor: Share,
    patience: NaturalInt,
    mode: Literal["min", "max"],
    warmup: Share,
) -> list[Schedule]:
    """Times `factor` whenever the watched metric was no better for more than `patience` epochs."""
    lowering = ReduceLROnPlateau(optimizer, mode=mode, factor=factor, patience=patience)
    return [*constant(optimizer, total_steps, warmup=warmup), Schedule(lowering, "epoch", monitored=True)]


def _warmup_steps(total_steps: int, warmup: float) -> int:
    return round(warmup * total_steps)


def _rising(optimizer: Optimizer, steps: int) -> LinearLR:
    return LinearLR(optimizer, start_factor=1 / (steps + 1), total_iters=steps)


def _after_warmup(optimizer: Optimizer, steps: int, scheduler: LRScheduler) -> list[Schedule]:
    if not steps:
        return [_by_step(scheduler)]
    return [_by_step(SequentialLR(optimizer, [_rising(optimizer, steps), scheduler], milestones=[steps]))]


def _by_step(scheduler: LRScheduler) -> Schedule:
    return Schedule(scheduler, "step", monitored=False)
