"""predictions_<split>.parquet: every row of a split with its answer."""

from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from recurra.data.base import DataModule
from recurra.tasks.base import Evaluation, Task
from recurra.whole_file import whole_file


def write_predictions(
    path: Path, data: DataModule, split: Literal["validation", "test"], evaluation: Evaluation, task: Task
) -> None:
    """Columns: row, text, length (tokens), unknown (share of tokens), and what the task tells of a row.

    No file for a task that answers no rows.
    """
    columns = task.columns(evaluation.answers)
    if not columns:
        return
    rows = columns.pop("row")
    table = pa.table({"row": rows, **data.columns(split, rows), **columns})
    with whole_file(path) as draft:
        pq.write_table(table, draft)
