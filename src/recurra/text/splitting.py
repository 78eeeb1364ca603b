"""Cuts rows into parts in which every class has its fair share."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import numpy.typing as npt

from recurra.errors import ConfigError
from recurra.types import Example

Rows = npt.NDArray[np.int64]


def label_key(row: Example) -> tuple[str, ...]:
    """The labels of a row, whatever their order and however often: its class when rows are divided and compared."""
    return tuple(sorted(set(row.labels)))


def keep_learnable(rows: Sequence[Example], cut: dict[str, list[int]]) -> int:
    """Moves rows that were cut off with a label that train lacks back to train, and says how many.

    It happens to rare labels of several a row: none of them can be learnt, and no row of them scored, otherwise.
    """
    known = {label for index in cut["train"] for label in rows[index].labels}
    back = []
    for split in [split for split in cut if split != "train"]:
        for index in list(cut[split]):
            if not known.issuperset(rows[index].labels):
                known.update(rows[index].labels)
                cut[split].remove(index)
                back.append(index)
    cut["train"] = sorted(cut["train"] + back)
    return len(back)


@final
class Strata:
    """The rows of each class in random order, from which parts are taken.

    A row with a label that no other row has is not divided: only in train can that label be learnt. The other rows
    whose set of labels is theirs alone make up one class. Where most labels stand in a single row they say nothing, and
    all rows are one class.

    Args:
        rows: what is divided.
        seed: of the order. The order of the rows and the seed alone decide, nothing else that is random.
        stratified: false where labels are no classes, but numbers to regress: all rows are one class.

    Attributes:
        single: the labels that stand in a single row, if they are classes.
        pooled: whether the labels say nothing.
    """

    def __init__(self, rows: Sequence[Example], seed: int, *, stratified: bool = True) -> None:
        self._random = np.random.default_rng(seed)
        counts = Counter(label for row in rows for label in set(row.labels))
        self.single = sorted(label for label, count in counts.items() if count == 1) if stratified else []
        self.pooled = not stratified or 2 * len(self.single) > len(rows)
        self._kept: list[int] = []
        classes: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            if not self.pooled and any(counts[label] == 1 for label in row.labels):
                self._kept.append(index)
            else:
                classes[label_key(row)].append(index)
        groups = [classes[key] for key in sorted(classes) if len(classes[key]) > 1]
        alone = [index for key in sorted(classes) if len(classes[key]) == 1 for index in classes[key]]
        if self.pooled:
            groups, alone = [list(range(len(rows)))], []
        self._groups: list[Rows] = [self._random.permutation(group) for group in [*groups, alone] if len(group)]

    @property
    def rest(self) -> list[int]:
        """The rows that have not been taken, in their order."""
        return sorted([*self._kept, *(int(row) for group in self._groups for row in group)])

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
        and in all, and each row that is divided at all is in exactly one.
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


def check_fold(folds: int | None, fold: int | None) -> None:
    """What can be said of a fold before any row is read.

    Raises:
        ConfigError: one is given without the other, or there is no such fold.
    """
    if (folds is None) != (fold is None):
        raise ConfigError("data.folds and data.fold: give both, such as data.folds=5 data.fold=0, or neither.")
    if folds is not None and fold is not None and not 0 <= fold < folds:
        raise ConfigError(f"data.fold={fold}: expected 0 to {folds - 1}, since data.folds={folds}.")


def check_folds(folds: int | None, fold: int | None, rows: int, test_given: bool) -> None:
    """The same once the training rows are read.

    Raises:
        ConfigError: also too many folds, or a test split that is given beside them.
    """
    check_fold(folds, fold)
    if folds is None:
        return
    if not 2 <= folds <= rows:
        raise ConfigError(f"data.folds={folds}: expected 2 or more, and no more than the {rows} training rows.")
    if test_given:
        raise ConfigError("folds make a test split of each fold, but a test split was given, too. Give data.test=null.")
