"""Words with a tag each, in columns."""

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar, NamedTuple, final

from recurra.errors import ConfigError, DataError
from recurra.text.readers.base import Reader
from recurra.text.readers.encodings import decoded_lines
from recurra.text.spacing import WHITE_SPACE, words
from recurra.types import Example

_DOCUMENT = "-DOCSTART-"
_NO_WORD = re.compile(r"\d+[-.]\d+")  # CoNLL-U's numbers of several words written as one, and of words left out
_INSIDE = "\u00a0"


class _Line(NamedTuple):
    number: int
    cells: list[str]


@final
class Conll(Reader):
    """A word and its tag a line, and a blank line after each sentence, as in CoNLL's shared tasks; also CoNLL-U.

    Columns are divided by tabs, in lines without one by spaces. All lines have equally many. Lines that begin with `# `
    before the first word of a sentence are comments, and `-DOCSTART-` is no word. The text of a sentence is its words
    with spaces between them, its labels are one tag a word; a space inside a word becomes one that does not break.

    Source: Tjong Kim Sang & De Meulder, Introduction to the CoNLL-2003 Shared Task, section 3.1; for CoNLL-U,
    https://universaldependencies.org/format.html.

    Args:
        text: the number of the words' column, from 1; None: the first.
        label: the number of the tags' column; None: the last.
        label_separator: none, since a word has one tag.
        encoding: any name that Python knows, or `auto`.

    Raises:
        ConfigError: columns that are no numbers, or a separator.
    """

    tagged: ClassVar[bool] = True

    def __init__(
        self,
        text: str | list[str] | None = None,
        label: str | None = None,
        label_separator: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        super().__init__(text, label, label_separator, encoding)
        if label_separator is not None:
            raise ConfigError(f"label_separator={label_separator!r}: a word has one tag. Leave label_separator null.")
        self._word = _column("text", text) or 1
        self._tag = _column("label", label)

    def rows(self, stream: BinaryIO, name: str, labelled: bool) -> Iterator[Example | DataError]:
        first: _Line | None = None
        for sentence in self._sentences(stream, name):
            if isinstance(sentence, DataError):
                yield sentence
                continue
            first = first or sentence[0]
            try:
                yield self._example(sentence, first, name, labelled)
            except DataError as error:
                yield error

    def _sentences(self, stream: BinaryIO, name: str) -> Iterator[list[_Line] | DataError]:
        """The lines of each sentence that hold words; for one with a line that cannot be decoded, the error alone."""
        sentence: list[_Line] = []
        error: DataError | None = None
        for number, line in enumerate(decoded_lines(stream, name, self.encoding), start=1):
            if isinstance(line, DataError):
                error = error or line
                continue
            cells = _cells(line)
            if not cells or cells[0] == _DOCUMENT:
                if error or sentence:
                    yield error or sentence
                sentence, error = [], None
            elif not (line.startswith("# ") and not sentence) and not (self._word > 1 and _NO_WORD.fullmatch(cells[0])):
                sentence.append(_Line(number, cells))
        if error or sentence:
            yield error or sentence

    def _example(self, sentence: list[_Line], first: _Line, name: str, labelled: bool) -> Example:
        """Raises DataError: a line with another number of columns than the first one, or without a word or a tag."""
        read, tags = [], []
        for number, cells in sentence:
            where = f"{name}:{number}"
            if len(cells) != len(first.cells):
                raise DataError(
                    f"{where}: {_counted(cells)}, expected {len(first.cells)} as in line {first.number}. "
                    "Columns are divided by tabs, or in a line without one by spaces."
                )
            read.append(_cell(cells, self._word, "word", where))
            if labelled:
                if self._tag is None and len(cells) == 1:
                    raise DataError(
                        f"{where}: one column, {cells[0]!r}, expected two or more, divided by a tab or spaces: "
                        "the word and, in the last column, its tag."
                    )
                tags.append(_cell(cells, self._tag or len(cells), "tag", where))
        return Example(" ".join(read), tuple(tags), name, sentence[0].number)


def _cells(line: str) -> list[str]:
    """The columns of a line; none of a blank one."""
    return line.rstrip("\r\n").split("\t") if "\t" in line.strip(WHITE_SPACE) else words(line)


def _cell(cells: list[str], column: int, what: str, where: str) -> str:
    if column > len(cells):
        option = {"word": "data.text", "tag": "data.label"}[what]
        raise DataError(f"{where}: {_counted(cells)}, so that the {what} cannot stand in column {column} ({option}=).")
    if not (parts := words(cells[column - 1])):
        raise DataError(f"{where}: the {what} is missing in column {column}. Fill it in or remove the sentence.")
    return _INSIDE.join(parts)


def _counted(cells: list[str]) -> str:
    return "1 column" if len(cells) == 1 else f"{len(cells)} columns"


def _column(key: str, given: str | list[str] | None) -> int | None:
    if given is None:
        return None
    if isinstance(given, list) and len(given) == 1:
        (given,) = given
    if not isinstance(given, str) or not given.isdecimal() or int(given) < 1:
        raise ConfigError(f"{key}={given!r}: CoNLL files name no columns; expected the number of one, such as 2.")
    return int(given)
