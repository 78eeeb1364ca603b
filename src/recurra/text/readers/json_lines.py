"""One JSON object a line."""

import json
from collections.abc import Iterator
from typing import BinaryIO, final

from recurra.errors import DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.cells import example
from recurra.text.readers.columns import Columns, choose_columns
from recurra.text.readers.encodings import decoded_lines
from recurra.types import Example


@final
class JsonLines(Reader):
    """JSON Lines (NDJSON): an object a line, its keys are the columns; blank lines are skipped.

    The columns are chosen at the first row that allows it and hold for all that follow.
    """

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        columns: Columns | None = None
        for number, line in enumerate(decoded_lines(stream, name, self.encoding), start=1):
            if isinstance(line, DataError):
                yield line
                continue
            if not line.strip():
                continue
            try:
                where = f"{name}:{number}"
                row = _parsed(line, where)
                columns = columns or choose_columns(list(row), self.text, self.label, labelled, where)
                if not any(column in row for column in columns.text):
                    keys = ", ".join(map(repr, row)) or "none"
                    raise DataError(f"{where}: there is no {columns.text[0]!r} in this row. Its keys are: {keys}.")
                yield example(row, columns, self.label_separator, labelled, name, number)
            except DataError as error:
                yield error


def _parsed(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        whole = " The file looks like one JSON array; `jq -c '.[]'` makes lines of it." if line[0] == "[" else ""
        raise DataError(f"{where}: no JSON: {error.msg} at character {error.colno}.{whole}") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of too many digits
        raise DataError(f"{where}: JSON that cannot be read: {error}.") from None
    if not isinstance(row, dict):
        raise DataError(f'{where}: no JSON object but {line.strip()[:40]!r}, expected {{"text": ..., "label": ...}}.')
    if "\\u" in line:
        _check_surrogates(row, where)
    return row


def _check_surrogates(row: dict[str, object], where: str) -> None:
    """JSON can escape half a character; no file that we write could hold it."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise DataError(f"{where}: {half} is half of a surrogate pair, no character. Repair or remove it.") from None
