"""Cuts rows into parts in which every class has its fair share."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import numpy.typing as npt

from recurra.types import Example

Rows = npt.NDArray[np.int64]


def label_key(row: Example) -> tuple[str, ...]:
    """The labels of a row, whatever their order: its class when rows are divided and compared."""
    return tuple(sorted(row.labels))


@final
class Strata:
    """The rows of each class in random order, from which parts are taken.

    Where more than half of the rows are alone in their class, as with numbers to regress or rare sets of labels, the
    classes say nothing and all rows are one class.

    Args:
        rows: what is divided.
        seed: of the order. The order of the rows and the seed alone decide, nothing else that is random.
    """

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        self._random = np.random.default_rng(seed)
        classes: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            classes[label_key(row)].append(index)
        self.single = sorted(key for key, members in classes.items() if len(members) == 1)
        self.pooled = 2 * len(self.single) > len(rows)
        groups = [list(range(len(rows)))] if self.pooled else [classes[key] for key in sorted(classes)]
        self._groups: list[Rows] = [self._random.permutation(group) for group in groups]

    @property
    def rest(self) -> list[int]:
        """The rows that have not been taken, in their order."""
        return sorted(int(row) for group in self._groups for row in group)

    def take(self, count: int) -> list[int]:
        """Takes `count` rows out, in their order; fewer where each class must keep one row.

        Each class gives in proportion to its size; the rows left over by rounding come from the classes with the
        largest remainders (Hamilton's method), ties being drawn.
        """
        sizes = np.array([len(group) for group in self._groups])
        spare = np.maximum(sizes - 1, 0)
        sizes = np.where(spare > 0, sizes, 0)
        count = min(count, int(spare.sum()))
        given, remainders = np.divmod(count * sizes, max(int(sizes.sum()), 1))
        given = np.minimum(given, spare)
        order = np.lexsort((self._random.random(len(sizes)), -remainders))
        while lacking := count - int(given.sum()):
            given[order[(given < spare)[order]][:lacking]] += 1
        taken = [group[:n] for group, n in zip(self._groups, given, strict=True)]
        self._groups = [group[n:] for group, n in zip(self._groups, given, strict=True)]
        return sorted(int(row) for part in taken for row in part)

    def deal(self, folds: int, fold: int) -> list[int]:
        """Takes out fold number `fold` of `folds`, in the rows' order.

        The rows are dealt like cards, class after class, so that the folds differ by one row at most, in each class
        and in all, and each row is in exactly one.
        """
        dealt: list[Any] = []
        rest = []
        start = 0
        for group in self._groups:
            in_fold = (np.arange(len(group)) + start) % folds == fold
            dealt.append(group[in_fold])
            rest.append(group[~in_fold])
            start += len(group)
        self._groups = rest
        return sorted(int(row) for part in dealt for row in part)
