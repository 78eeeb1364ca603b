"""Tables of text: comma-separated, tab-separated and their like."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, final

from recurra.errors import ConfigError, DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.cells import example
from recurra.text.readers.columns import choose_columns
from recurra.text.readers.encodings import decoded_lines
from recurra.types import Example

LONGEST = 2**31 - 1  # characters of a cell; the csv module would stop at 128 Ki, an article may be longer
DELIMITERS = {",": "a comma", "\t": "a tab", ";": "a semicolon", "|": "a bar"}
CURES = {",": "Give data=csv", "\t": "Give data=tsv"}


@final
class Delimited(Reader):
    """CSV (RFC 4180) and its relatives: a header, then one row each; cells may be quoted and then hold line breaks.

    Args:
        delimiter: the single character between two cells.
    """

    def __init__(
        self,
        delimiter: str,
        text: str | list[str] | None = None,
        label: str | None = None,
        label_separator: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        super().__init__(text, label, label_separator, encoding)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise ConfigError(f"delimiter={delimiter!r}: expected one character, such as ',' or a tab.")
        self.delimiter = delimiter

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        csv.field_size_limit(LONGEST)
        lines = _Lines(decoded_lines(stream, name, self.encoding))
        records = self._records(lines, name)
        first = next(records, None)
        if first is None:
            yield DataError(f"{name}: the file is empty, expected a header that names the columns.")
            return
        try:
            if isinstance(first, DataError):
                raise first
            header = [cell.strip() for cell in first[1]]
            self._check_delimiter(header, name)
            columns = choose_columns(header, self.text, self.label, labelled, f"{name}:{first[0]}")
        except DataError as error:
            yield error  # without a header no row has a meaning
            return
        for record in records:
            if isinstance(record, DataError):
                yield record
                continue
            line, cells = record
            if len(cells) != len(header):
                fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
                yield DataError(
                    f"{name}:{line}: {fields}, expected {len(header)} as in the header. Quote a cell that "
                    f"holds {DELIMITERS.get(self.delimiter, repr(self.delimiter))}, a quote or a line break."
                )
                continue
            row = dict(zip(header, cells, strict=True))
            try:
                yield example(row, columns, self.label_separator, labelled, name, line)
            except DataError as error:
                yield error

    def _records(self, lines: "_Lines", name: str) -> Iterator[tuple[int, list[str]] | DataError]:
        """Records with the line on which each begins; blank lines are none."""
        records = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            line = lines.number + 1
            try:
                cells = next(records)
            except StopIteration:
                return
            except DataError as error:
                yield error
            except csv.Error as error:
                yield DataError(f"{name}:{line}: {_explained(str(error), lines.number - line)}")
            else:
                if cells:
                    yield line, cells

    def _check_delimiter(self, header: list[str], name: str) -> None:
        for other, called in DELIMITERS.items():
            count = len(header[0].split(other))
            if len(header) == 1 and count > 1:
                cure = CURES.get(other, f"Give data.reader.delimiter={other!r}")
                raise DataError(
                    f"{name}:1: divided at {self.delimiter!r} the header is one column, {header[0]!r}; "
                    f"divided at {called} it is {count}. {cure}, or name another file."
                )


@final
class _Lines:
    """Lines for the csv module; an undecodable one is raised, and the next call goes on behind it."""

    def __init__(self, lines: Iterator[str | DataError]) -> None:
        self._lines = lines
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        if isinstance(line, DataError):
            raise line
        return line


def _explained(error: str, more: int) -> str:
    """The csv module's message with a cure.

    Args:
        more: lines that were read after the one where the row begins.
    """
    if "unexpected end of data" in error:
        swallowed = f" and has swallowed {more} more lines, to the end of the file" if more else ""
        return (
            f"a quote opened in the row that begins here is never closed{swallowed}. "
            'Close it; inside a cell write "" for ".'
        )
    if "new-line character seen" in error:
        return "a lone carriage return stands outside quotes. Write line ends as LF or CRLF, or quote the cell."
    return f'{error}. After the quote that closes a cell only a delimiter may stand; write "" for a quote inside.'
