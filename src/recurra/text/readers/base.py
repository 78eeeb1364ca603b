"""What every file format is to the rest: rows, one example or one error each."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, final

from recurra.errors import ConfigError, DataError
from recurra.text.readers.encodings import check_encoding
from recurra.text.readers.opening import open_binary
from recurra.types import Example


class Reader(ABC):
    """Reads examples from a file of one format, plain or gzip.

    Args:
        text: the column of the text, or several, joined by a newline; None finds it by its name.
        label: the column of the label; None finds it by its name.
        label_separator: what stands between the labels of one cell (multi-label); None: a cell is one label. With a
            separator an empty cell means no label at all, without one it is a mistake.
        encoding: of text formats, any name that Python knows, or `auto`.

    Attributes:
        has_columns: whether a row's text and label stand in columns.
        tagged: whether a row has a label for each of its words.

    Raises:
        ConfigError: an unknown encoding, an empty separator, or columns for a format that has none.
    """

    has_columns: ClassVar[bool] = True
    tagged: ClassVar[bool] = False

    def __init__(
        self,
        text: str | list[str] | None = None,
        label: str | None = None,
        label_separator: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        check_encoding(encoding)
        if label_separator == "":
            raise ConfigError("label_separator is empty, expected characters such as ';', or null for one label a row.")
        if not self.has_columns and (text is not None or label is not None or label_separator is not None):
            raise ConfigError(
                f"{type(self).__name__} has no columns, but text={text!r}, label={label!r} and "
                f"label_separator={label_separator!r} were given. Leave all three null."
            )
        self.text = text
        self.label = label
        self.label_separator = label_separator
        self.encoding = encoding

    @abstractmethod
    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        """The rows of a stream, in order and one at a time; the stream is never sought, so a pipe will do.

        Args:
            stream: bytes, plain or gzip.
            name: what messages call the stream.
            labelled: whether each row must have a label; if not, none is read, so that none can be wrong.

        Yields:
            An example, or for a bad row the error that tells of it (`name:line: ...`); reading goes on after it where
            the format allows.
        """

    @final
    def read(self, path: str | Path, labelled: bool = True) -> list[Example]:
        """All rows of a file.

        Raises:
            DataError: the file cannot be opened, is empty, or holds a bad row (the first one is told).
        """
        examples = []
        with open_binary(path) as stream:
            for row in self.rows(stream, str(path), labelled):
                if isinstance(row, DataError):
                    raise row
                examples.append(row)
        if not examples:
            empty = Path(path).stat().st_size == 0
            what = "the file is empty" if empty else "the file holds no rows, a header or blank lines at most"
            raise DataError(f"{path}: {what}. Expected one row or more; was it written to its end?")
        return examples
