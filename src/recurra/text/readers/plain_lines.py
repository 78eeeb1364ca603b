"""Plain text, a row a line."""

from collections.abc import Iterator
from typing import BinaryIO, final

from recurra.errors import DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.encodings import decoded_lines
from recurra.types import Example


@final
class PlainLines(Reader):
    """One text a line, never labelled; a blank line is an empty text, so that answers stay beside their lines."""

    has_columns = False

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        for number, line in enumerate(decoded_lines(stream, name, self.encoding), start=1):
            yield line if isinstance(line, DataError) else Example(line.rstrip("\r\n"), (), name, number)
