"""What a run answered for each row of its validation split."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from recurra.build import of_task
from recurra.errors import DataError
from recurra.run_config import read_config
from recurra.tasks.base import Task
from recurra.tasks.tally import Tally, bits

ANSWERS = "predictions_validation.parquet"
Columns = Mapping[str, Sequence[Any]]


@final
@dataclass(frozen=True)
class Answers:
    """The rows of `predictions_validation.parquet`, in its order.

    Attributes:
        columns: a list a column: `row`, `gold`, `predicted`, and where the data or the task has them `text`, `length`
            (tokens), `unknown` (share of tokens) and `probabilities` (of each label).
        tallying: how the task that they answer scores rows, see `Task.tally`.
    """

    columns: Columns
    tallying: Callable[[str, Columns], Tally | None]

    def __len__(self) -> int:
        return len(self.columns["row"])

    def tally(self, score: str) -> Tally | None:
        """One of the run's scores, for any choice of rows; None where rows do not add up to it."""
        with np.errstate(all="ignore"):  # the logarithm of a probability of 0
            return self.tallying(score, self.columns)

    def by_row(self, score: str) -> NDArray[np.float64] | None:
        """(N,) a score of each row by itself; None where rows do not add up to it."""
        tally = self.tally(score)
        return None if tally is None else tally.score(tally.parts)

    @cached_property
    def losses(self) -> NDArray[np.float64] | None:
        """(N,) how bad each row's answer is: the log loss or the squared error, as the task has it.

        For a task that tells no loss of rows the share of the answer that is wrong; None where neither is known.
        """
        if self._known is not None:
            return self._known
        right = self.by_row("accuracy")
        return None if right is None else 1 - right

    @property
    def fault(self) -> str:
        """What `losses` are: `loss`, or `share wrong`."""
        return "share wrong" if self._known is None else "loss"

    @cached_property
    def _known(self) -> NDArray[np.float64] | None:
        return self.by_row("loss")

    @cached_property
    def labels(self) -> list[str]:
        """Those that have a probability, in the order of its columns; none where answers have no probabilities."""
        return list(self.columns["probabilities"][0]) if self.columns.get("probabilities") else []

    @property
    def exclusive(self) -> bool:
        """Whether each text has exactly one of `labels`."""
        return bool(self.labels) and isinstance(self.columns["gold"][0], str)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """(N, C) of each of `labels`."""
        rows = [[row[label] for label in self.labels] for row in self.columns.get("probabilities", ())]
        return np.array(rows, dtype=np.float64).reshape(len(self), len(self.labels))

    @cached_property
    def gold(self) -> NDArray[np.bool_]:
        """(N, C) which of `labels` apply."""
        gold = self.columns["gold"]
        return bits([[label] for label in gold] if self.exclusive else gold, self.labels)

    @property
    def stated(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
        """(M,) what was said with which confidence, and (M,) whether it is so; None where that was not said.

        Where a text has exactly one label, a row is such a statement: the answer, and its probability. Else each label
        of each row is one: that it applies.
        """
        if not self.labels:
            return None
        if self.exclusive:
            right = [gold == told for gold, told in zip(self.columns["gold"], self.columns["predicted"], strict=True)]
            return self.probabilities.max(axis=1), np.array(right, dtype=bool)
        return self.probabilities.ravel(), self.gold.ravel()


def read_answers(folder: Path) -> Answers | None:
    """What the run in `folder` answered; None where rows have no answers of their own, or none were kept.

    Raises:
        ConfigError: its task cannot be imported here.
        DataError: the file is damaged.
    """
    table = read_table(folder)
    if table is None or not table.num_rows:
        return None
    return Answers(table.to_pydict(), of_task(read_config(folder), "tally"))


def read_table(folder: Path) -> pa.Table | None:
    """The rows as they stand in the file; None where there is no file.

    Raises:
        DataError: the file is damaged.
    """
    if not (folder / ANSWERS).is_file():
        return None
    try:
        table = pq.read_table(folder / ANSWERS)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{ANSWERS}: {error}") from error
    if lost := {"row", "gold", "predicted"} - set(table.column_names):
        raise DataError(f"{ANSWERS}: no column {', '.join(sorted(lost))}")
    return table


def answers_rows(config: Mapping[str, Any]) -> bool:
    """Whether the task of a run has an answer for each row, so that the run leaves a file of them.

    Raises:
        ConfigError: the task cannot be imported here.
    """
    return of_task(config, "columns") is not Task.columns
