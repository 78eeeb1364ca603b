"""Bytes to lines of text, with every byte that does not fit told by file, line and position."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from recurra.errors import ConfigError, DataError, unknown
from recurra.text.readers.opening import unzipped

AUTO = "auto"
COMMON = ("auto", "utf-8", "gb18030", "gbk", "big5", "utf-16", "latin-1", "cp1252", "shift_jis", "euc-kr")
MARKS = {  # byte order marks; that of UTF-32 begins with that of UTF-16, so it stands before it
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
UNMARKED = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}
"""What a name that promises a mark means where there is none: the byte order of nearly every machine."""


KINDS = {
    b"PAR1\x15": "an Apache Parquet file. Give data=parquet.",
    b"PK\x03\x04": "a zip archive, as Excel workbooks are. Save the table as CSV, or unpack the archive.",
    b"\xd0\xcf\x11\xe0": "an Office document. Save the table as CSV.",
    b"%PDF-": "a PDF document. Export its text.",
    b"\xfd7zXZ\0": "compressed by xz. Unpack it, or compress it with gzip.",
    b"\x28\xb5\x2f\xfd": "compressed by zstd. Unpack it, or compress it with gzip.",
}
"""Files that begin like this are no text, whatever they are called."""
_HEAD = max(map(len, KINDS))


def check_encoding(name: str) -> None:
    """Raises ConfigError if Python knows no text encoding of this name; `auto` is one of ours."""
    try:
        "\n".encode("utf-8" if name == AUTO else name)
    except (LookupError, ValueError):
        raise ConfigError(unknown("encoding", name, COMMON)) from None


def decoded_lines(stream: BinaryIO, name: str, encoding: str) -> Iterator[str | DataError]:
    """The lines of a stream, with their line ends and without a byte order mark.

    Where a line cannot be decoded or holds a NUL, a DataError stands in its place and the next line follows. With
    `encoding="auto"` the stream is read whole before the first line comes: a byte order mark decides, then UTF-8,
    then gb18030.
    """
    try:
        plain = unzipped(stream, name)
        _check_kind(plain.peek(_HEAD)[:_HEAD], name)
        if encoding == AUTO:
            content = plain.read()
            encoding = _recognised(content, name)
            plain = io.BufferedReader(io.BytesIO(content))
        codec = _codec(_mark(plain.peek(4)[:4]), encoding, name)
        for number, line in enumerate(_split(plain, codec), start=1):
            text = _decoded(line, codec, f"{name}:{number}")
            yield text.removeprefix("\ufeff") if number == 1 and isinstance(text, str) else text
    except DataError as error:
        yield error


def _check_kind(head: bytes, name: str) -> None:
    for magic, kind in KINDS.items():
        if head.startswith(magic):
            raise DataError(f"{name}: this is no text but {kind}")


def _mark(head: bytes) -> str | None:
    return next((codec for mark, codec in MARKS.items() if head.startswith(mark)), None)


def _codec(marked: str | None, encoding: str, name: str) -> str:
    """The codec to use, its byte order settled."""
    canonical = codecs.lookup(encoding).name
    if marked is None:
        return UNMARKED.get(canonical, canonical)
    if canonical.startswith(marked) or marked.startswith(canonical):
        return marked
    family = marked.removesuffix("-le").removesuffix("-be")
    raise DataError(
        f"{name}:1: the file begins with the byte order mark of {family}, but it was to be read as {encoding}. "
        f"Give data.encoding={family}."
    )


def _recognised(content: bytes, name: str) -> str:
    if marked := _mark(content):
        return marked
    for codec in ("utf-8", "gb18030"):
        try:
            content.decode(codec)
        except UnicodeDecodeError as error:
            at, first = error.start, error.object[error.start]
        else:
            return codec
    line = content.count(b"\n", 0, at) + 1
    raise DataError(
        f"{name}:{line}: byte 0x{first:02x} is neither UTF-8 nor gb18030, and there is no byte order mark. "
        "Find out how the file was saved and give it as data.encoding=NAME."
    )


def _split(stream: io.BufferedReader, codec: str) -> Iterator[bytes]:
    """Lines as bytes. In UTF-16 the byte 0x0A may be half of another character, so ends are sought in whole units."""
    end = "\n".encode(codec)
    if end == b"\n":
        yield from stream
        return
    pending = b""
    while chunk := stream.read(1 << 16):
        pending += chunk
        start, at = 0, pending.find(end)
        while at >= 0:
            if at % len(end) == 0:
                yield pending[start : at + len(end)]
                start = at + len(end)
            at = pending.find(end, at + 1)
        pending = pending[start:]
    if pending:
        yield pending


def _decoded(line: bytes, codec: str, where: str) -> str | DataError:
    try:
        text = line.decode(codec)
    except UnicodeDecodeError as error:
        byte = f"byte 0x{line[error.start]:02x} at position {error.start + 1} of the line"
        return DataError(f"{where}: {byte} is not {codec}. {_cure(line, codec)}")
    if "\0" in text:
        return DataError(f"{where}: a NUL at character {text.index(chr(0)) + 1}. {_cure(line, codec)}")
    return text


def _cure(line: bytes, codec: str) -> str:
    if b"\0" in line:
        order = "le" if line[1::2].count(0) >= line[::2].count(0) else "be"
        return f"NUL bytes show UTF-16 without a mark: give data.encoding=utf-16-{order}; else remove them."
    if codec != "gb18030" and _decodes(line, "gb18030"):
        return "It can be read as gb18030: give data.encoding=gb18030."
    return "Find out how the file was saved and give it as data.encoding=NAME."


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
