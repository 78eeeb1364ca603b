"""Word vectors that others have trained: GloVe, word2vec and fastText files."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from recurra.errors import DataError
from recurra.text.readers.opening import open_binary, unzipped

NUMERIC = frozenset(b"0123456789+-.eEinfaINFA \t\r")
CHUNK = 1 << 20


@final
@dataclass(frozen=True)
class Vectors:
    """The vectors of a vocabulary.

    Attributes:
        matrix: (V, E) float32, zero where the file has no such word.
        found: (V,) bool, which words the file has.
    """

    matrix: npt.NDArray[np.float32]
    found: npt.NDArray[np.bool_]


def read_vectors(path: str | Path, vocabulary: Sequence[str]) -> Vectors:
    """Reads the vectors of the words in a vocabulary; the file streams by, and only they are kept in memory.

    The format is recognised by the content: GloVe text (no header), word2vec and fastText text (with the
    header `words width`), word2vec binary; each also as gzip. A word that stands twice has its first vector.

    Raises:
        DataError: the file cannot be opened, is not of these formats, or is damaged; the line or word is told.
    """
    numbers = {word.encode(): index for index, word in enumerate(vocabulary)}
    with open_binary(path) as opened:
        stream = unzipped(opened, str(path))
        layout = _layout(stream, str(path))
        matrix = np.zeros((len(vocabulary), layout.width), np.float32)
        found = np.zeros(len(vocabulary), np.bool_)
        rows = _binary if layout.binary else _text
        for row in rows(stream, layout, str(path)):
            index = numbers.get(row.word)
            if index is not None and not found[index]:
                matrix[index] = _parsed(row, layout.binary)
                found[index] = True
    return Vectors(matrix, found)


def width(path: str | Path) -> int:
    """E, the length of a file's vectors.

    Raises:
        DataError: as `read_vectors`.
    """
    with open_binary(path) as opened:
        return _layout(unzipped(opened, str(path)), str(path)).width


@final
@dataclass(frozen=True)
class _Layout:
    words: int | None  # as the header says; None without one
    width: int
    binary: bool
    first: bytes  # the line that was read to find out, if it is a row


class _Row(NamedTuple):
    where: str
    word: bytes
    cells: bytes  # the numbers: as text, or packed little-endian float32


def _layout(stream: io.BufferedReader, name: str) -> _Layout:
    line = stream.readline(CHUNK)
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        words, size = map(int, fields)
        row, whole, _ = stream.peek(1).partition(b"\n")
        cells = row.partition(b" ")[2]
        # Packed numbers may happen to begin with a line's end, or with digits: a line of text has them all.
        told = NUMERIC.issuperset(cells) and (not whole or len(cells.split()) == size)
        return _Layout(words, size, not told, b"")
    size = 0
    while size < len(fields) - 1 and _is_number(fields[-1 - size]):
        size += 1
    if size == 0:
        raise DataError(
            f"{name}:1: {line[:40]!r} is neither a word and its numbers nor a header. Expected the format of "
            "GloVe, word2vec or fastText (.vec; its .bin files hold a model, not vectors)."
        )
    return _Layout(None, size, False, line)


def _text(stream: io.BufferedReader, layout: _Layout, name: str) -> Iterator[_Row]:
    number = 0 if layout.first else 1  # the header is line 1
    rows = 0
    for line in chain([layout.first] if layout.first else [], stream):
        number += 1
        line = line.rstrip()
        if not line:
            continue
        where = f"{name}:{number}"
        word, *cells = line.rsplit(b" ", layout.width)
        extra = word.split()[-1:] if b" " in word else []
        if len(cells) < layout.width or any(map(_is_number, extra)):
            raise DataError(
                f"{where}: {len(line.split()) - 1} numbers after the word, expected {layout.width} as "
                f"{'the header says' if layout.words is not None else 'in line 1'}. Copy or download the file again."
            )
        yield _Row(where, word.strip(), b" ".join(cells))
        rows += 1
    if layout.words is not None and rows < layout.words:
        raise DataError(f"{name}:{number}: the file ends after {rows} of {layout.words} words. Download it again.")


def _binary(stream: io.BufferedReader, layout: _Layout, name: str) -> Iterator[_Row]:
    size = 4 * layout.width
    buffer, start = b"", 0
    for number in range(1, (layout.words or 0) + 1):
        where = f"{name}: word {number} of {layout.words}"
        space = buffer.find(b" ", start)
        while space < 0 or len(buffer) < space + 1 + size:
            more = stream.read(CHUNK)
            if not more:
                raise DataError(f"{where}: the file ends within this word or its vector. Copy or download it again.")
            buffer, start = buffer[start:] + more, 0
            space = buffer.find(b" ")
        yield _Row(where, buffer[start:space].lstrip(b"\n"), buffer[space + 1 : space + 1 + size])
        start = space + 1 + size


def _parsed(row: _Row, binary: bool) -> npt.NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):  # to infinity, which is told below
            numbers = np.frombuffer(row.cells, "<f4") if binary else np.array([float(c) for c in row.cells.split()])
            vector = numbers.astype(np.float32)
    except ValueError as error:
        raise DataError(f"{row.where}: {error}; expected numbers after the word. Download the file again.") from None
    if not np.isfinite(vector).all():
        raise DataError(f"{row.where}: a number is infinite or not a number. Repair or remove this word.")
    return vector


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
