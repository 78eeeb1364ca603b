"""The best trial, or group of repeats, as a run that can be made again."""

import shlex
from collections.abc import Callable, Sequence

from recurra.order import Order
from recurra.sweeps.repeats import FOLD, Group

Compose = Callable[[Sequence[str]], Order]
"""Makes an order of overrides as Hydra reads them."""


def best_order(fixed: Sequence[str], group: Group, *, compose: Compose) -> Order:
    """The run of the group's values; of repeats, such as seeds, it keeps what a run has without them.

    Args:
        fixed: overrides that all runs of the sweep have.
        group: with a finished run.
        compose: of the sweep.
    """
    record = group.finished[0]
    dropped = {key for key, _ in group.repeat(record)} | {"hparams_search"}  # which says what varies, and no more
    if FOLD in dropped:  # without a fold there are no folds
        dropped.add("data.folds")
    kept = [override for override in (*fixed, *record.overrides) if _key(override) not in dropped]
    return compose([*kept, "++data.folds=null"] if FOLD in dropped else kept)


def command(order: Order, flags: Sequence[str] = ()) -> str:
    """What is typed for it, `flags` first."""
    return shlex.join(["recurra-train", *flags, *order.overrides])


def _key(override: str) -> str:
    return override.partition("=")[0].lstrip("+~")
