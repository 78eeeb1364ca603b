"""Opening the file that a user names: told plainly when it cannot be opened, unzipped when it is gzip."""

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast, final

from recurra.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP_MAGIC = b"\x1f\x8b"
LISTED = 12  # so many names of a folder stand in a message, not all of its thousands


def open_binary(path: str | Path) -> BinaryIO:
    """Open a file for reading bytes.

    Raises:
        DataError: it does not exist (with the nearest name in its folder), is a folder, or may not be read.
    """
    path = Path(path)
    try:
        return path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(_missing(path)) from None
    except IsADirectoryError:
        raise DataError(f"{path}: this is a folder, expected a file. It holds: {_listed(path)}.") from None
    except PermissionError:
        raise DataError(f"{path}: no permission to read this file. Allow it with `chmod u+r`, or copy it.") from None
    except OSError as error:
        raise DataError(f"{path}: the file cannot be opened: {error.strerror}.") from None


def unzipped(stream: BinaryIO, name: str) -> io.BufferedReader:
    """The bytes of a stream, decompressed if they begin as gzip does, whatever the name; the stream is never sought.

    Reading from the result raises DataError where gzip data is damaged or ends too early.
    """
    plain = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    if plain.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC):
        return io.BufferedReader(_Gunzip(plain, name))
    return plain


@final
class _Gunzip(io.RawIOBase):
    """Decompressed bytes, with damage told as a DataError."""

    def __init__(self, stream: io.BufferedReader, name: str) -> None:
        self._zipped = gzip.GzipFile(fileobj=stream)
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        try:
            return self._zipped.readinto(buffer)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(
                f"{self._name}: the gzip data is damaged or incomplete ({error}). Copy or download the file again."
            ) from None


def _missing(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"{path}: there is no folder {str(folder)!r}. Relative paths begin at {str(Path.cwd())!r}."
    names = [entry.name for entry in folder.iterdir()]
    return f"{path}: there is no such file.{did_you_mean(path.name, names)} The folder holds: {_listed(folder)}."


def _listed(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir())
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return (", ".join(names[:LISTED]) or "nothing") + more
