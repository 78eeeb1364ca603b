"""The training format of fastText."""

from collections.abc import Iterator
from typing import BinaryIO, final

from recurra.errors import DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.encodings import decoded_lines
from recurra.types import Example

PREFIX = "__label__"


@final
class FastText(Reader):
    """`__label__x __label__y the text`, one row a line; blank lines are skipped.

    Source: Joulin et al., Bag of Tricks for Efficient Text Classification, 2016; fastText's supervised mode.
    """

    has_columns = False

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        for number, line in enumerate(decoded_lines(stream, name, self.encoding), start=1):
            if isinstance(line, DataError):
                yield line
            elif line.strip():
                yield _row(line, f"{name}:{number}", labelled, name, number)


def _row(line: str, where: str, labelled: bool, name: str, number: int) -> Example | DataError:
    labels = []
    rest = line.strip()
    while rest.startswith(PREFIX):
        word = rest.split(maxsplit=1)[0]
        labels.append(word.removeprefix(PREFIX))
        rest = rest.removeprefix(word).lstrip()
    if not all(labels):
        return DataError(f"{where}: a label is empty, expected its name right after {PREFIX!r}.")
    if labelled and not labels:
        return DataError(f"{where}: the label is missing, expected the line to begin with {PREFIX + 'NAME'!r}.")
    return Example(rest, tuple(labels), name, number)
