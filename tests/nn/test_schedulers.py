"""The rates that the optimizer really steps with, in a plain loop; warnings are errors in all of these."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import nn

from recurra.nn.schedulers import Schedule, constant, cosine, one_cycle, plateau, staircase_exponential

LR = 0.5


def _optimizer(*rates: float) -> torch.optim.Optimizer:
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates or (LR,)]
    return torch.optim.SGD(groups, lr=LR)


def _rates(factory: Callable[..., list[Schedule]], steps: int, group: int = 0, rates: tuple[float, ...] = ()) -> list:
    optimizer = _optimizer(*rates)
    schedules = factory(optimizer, steps)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[group]["lr"])
        optimizer.step()
        for schedule in schedules:
            assert (schedule.interval, schedule.monitored) == ("step", False)
            schedule.scheduler.step()
    return found


def test_constant_without_warmup_needs_no_scheduler() -> None:
    assert constant(_optimizer(), 10, warmup=0.0) == []


def test_constant_after_a_warmup() -> None:
    expected = [LR * k / 5 for k in (1, 2, 3, 4, 5, 5, 5, 5)]
    assert _rates(partial(constant, warmup=0.5), 8) == pytest.approx(expected, rel=1e-12)


def test_staircase() -> None:
    factory = partial(staircase_exponential, decay_steps=3, decay_rate=0.1, warmup=0.0)
    assert _rates(factory, 8) == pytest.approx([LR * 0.1 ** (step // 3) for step in range(8)], rel=1e-12)


def test_staircase_counts_from_the_end_of_the_warmup() -> None:
    factory = partial(staircase_exponential, decay_steps=3, decay_rate=0.1, warmup=0.2)
    expected = [LR / 3, LR * 2 / 3, *(LR * 0.1 ** (step // 3) for step in range(8))]
    assert _rates(factory, 10) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_cosine(floor: float) -> None:
    def fall(step: int) -> float:
        return LR * (floor + (1 - floor) * (1 + math.cos(math.pi * step / 10)) / 2)

    assert _rates(partial(cosine, warmup=0.0, floor=floor), 10) == pytest.approx(
        [fall(step) for step in range(10)], rel=1e-9
    )


def test_cosine_after_a_warmup_ends_at_its_floor() -> None:
    optimizer = _optimizer()
    (schedule,) = cosine(optimizer, 10, warmup=0.2, floor=0.2)
    found = []
    for _ in range(11):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.scheduler.step()
    fall = [LR * (0.2 + 0.8 * (1 + math.cos(math.pi * step / 8)) / 2) for step in range(9)]
    assert found == pytest.approx([LR / 3, LR * 2 / 3, *fall], rel=1e-9)
    assert found[-1] == pytest.approx(0.2 * LR)


def test_one_cycle() -> None:
    def between(start: float, end: float, share: float) -> float:
        return end + (start - end) / 2 * (1 + math.cos(math.pi * share))

    start, end = LR / 25, LR / 25 / 1e4
    up = [between(start, LR, step / 2) for step in range(3)]  # 30 % of 10 steps: the peak is the third
    down = [between(LR, end, step / 7) for step in range(1, 8)]
    assert _rates(one_cycle, 10) == pytest.approx(up + down, rel=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("factory", [constant, partial(cosine, floor=0.0), one_cycle])
def test_the_shortest_runs_have_rates(factory: Callable[..., list[Schedule]], warmup: float, steps: int) -> None:
    found = _rates(partial(factory, warmup=warmup), steps)
    assert all(0 < rate <= LR * (1 + 1e-12) for rate in found)


@pytest.mark.parametrize("factory", [partial(constant, warmup=0.5), partial(one_cycle, warmup=0.5)])
def test_each_group_keeps_its_own_rate(factory: Callable[..., list[Schedule]]) -> None:
    first = _rates(factory, 8, group=0, rates=(0.5, 0.05))
    second = _rates(factory, 8, group=1, rates=(0.5, 0.05))
    assert [rate / 10 for rate in first] == pytest.approx(second, rel=1e-9)
    assert max(second) == pytest.approx(0.05)


def test_one_cycle_leaves_momentum_alone() -> None:
    optimizer = torch.optim.AdamW([nn.Parameter(torch.zeros(1))], lr=LR, betas=(0.9, 0.99))
    one_cycle(optimizer, 10)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.99)


@pytest.mark.parametrize(("mode", "metrics"), [("max", [0.5, 0.6, 0.6, 0.6, 0.6]), ("min", [5, 4, 4, 4, 4])])
def test_plateau(mode, metrics: list[float]) -> None:
    optimizer = _optimizer()
    (schedule,) = plateau(optimizer, 100, factor=0.5, patience=1, mode=mode, warmup=0.0)
    assert (schedule.interval, schedule.monitored) == ("epoch", True)
    found = []
    for metric in metrics:
        schedule.scheduler.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    assert found == [LR, LR, LR, LR / 2, LR / 2]


def test_plateau_after_a_warmup() -> None:
    optimizer = _optimizer()
    warmup, lowering = plateau(optimizer, 8, factor=0.5, patience=0, mode="max", warmup=0.25)
    found = []
    for step in range(8):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        warmup.scheduler.step()
        if step in (3, 5):  # the ends of two epochs, the second no better
            lowering.scheduler.step(1.0)
    assert found == pytest.approx([LR / 3, LR * 2 / 3, *[LR] * 4, LR / 2, LR / 2], rel=1e-12)


@pytest.mark.parametrize(
    "factory",
    [
        partial(constant, warmup=0.5),
        partial(cosine, warmup=0.25, floor=0.1),
        one_cycle,
        partial(staircase_exponential, decay_steps=2, decay_rate=0.5, warmup=0.25),
    ],
)
def test_a_run_can_be_resumed(factory: Callable[..., list[Schedule]]) -> None:
    expected = _rates(factory, 8)
    before = _optimizer()
    (first,) = factory(before, 8)
    for _ in range(3):
        before.step()
        first.scheduler.step()
    after = _optimizer()
    (second,) = factory(after, 8)
    after.load_state_dict(before.state_dict())
    second.scheduler.load_state_dict(first.scheduler.state_dict())
    found = []
    for _ in range(5):
        found.append(after.param_groups[0]["lr"])
        after.step()
        second.scheduler.step()
    assert found == pytest.approx(expected[3:], rel=1e-12)
