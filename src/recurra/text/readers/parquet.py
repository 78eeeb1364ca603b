"""Apache Parquet tables."""

from collections.abc import Iterator
from typing import BinaryIO, final

from recurra.errors import DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.cells import example
from recurra.text.readers.columns import choose_columns
from recurra.text.readers.opening import unzipped
from recurra.types import Example

BATCH = 4096  # rows that are Python objects at the same time


@final
class Parquet(Reader):
    """Parquet: typed columns; a list column gives several labels. The line of a row is its number, from 1.

    A Parquet file begins at its end, so that the stream is read into memory first; only the columns that are needed
    are decoded.
    """

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        import pyarrow as arrow
        from pyarrow import parquet

        try:
            table = parquet.ParquetFile(arrow.BufferReader(unzipped(stream, name).read()))
            columns = choose_columns(table.schema_arrow.names, self.text, self.label, labelled, name)
        except arrow.ArrowException as error:
            why = _plain(error)
            yield DataError(f"{name}: this is no Parquet file, or it is damaged: {why}. Write or copy it again.")
            return
        except DataError as error:
            yield error
            return
        wanted = [*columns.text, *([columns.label] if columns.label is not None else [])]
        line = 0
        try:
            for batch in table.iter_batches(BATCH, columns=list(dict.fromkeys(wanted))):
                for row in batch.to_pylist():
                    line += 1
                    try:
                        yield example(row, columns, self.label_separator, labelled, name, line)
                    except DataError as error:
                        yield error
        except (arrow.ArrowException, OSError) as error:
            yield DataError(f"{name}:{line + 1}: the Parquet file is damaged: {_plain(error)}. Write or copy it again.")


def _plain(error: Exception) -> str:
    return str(error).strip().rstrip(".")
