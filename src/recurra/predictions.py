"""predictions_<split>.parquet: every row of a split with its answer."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recurra.data.token_store import TokenStore
from recurra.tasks.base import Evaluation, Task
from recurra.types import Example
from recurra.whole_file import whole_file


def write_predictions(
    path: Path, examples: Sequence[Example], store: TokenStore, unknown_id: int, evaluation: Evaluation, task: Task
) -> None:
    """Columns: row, text, what the task tells of a row, length (tokens), unknown (share of tokens).

    No file for a task that answers no rows.
    """
    columns = task.columns(evaluation.answers)
    if not columns:
        return
    rows = columns.pop("row")
    table = pa.table(
        {
            "row": rows,
            "text": [examples[row].text for row in rows],
            **columns,
            "length": store.lengths[rows],
            "unknown": store.unknown_share(unknown_id)[rows],
        }
    )
    with whole_file(path) as draft:
        pq.write_table(table, draft)
