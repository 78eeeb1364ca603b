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
    """Columns: row, text, gold, predicted, probabilities (one a label), length (tokens), unknown (share of tokens).

    `gold` and `predicted` are lists for multi-label, else single labels. No file for a task that answers no rows.
    """
    if not (columns := task.columns(evaluation.answers)):
        return
    rows = evaluation.answers["rows"].tolist()
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
