"""Plain text files as running text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal, final

from recurra.errors import ConfigError, DataError
from recurra.text.readers.encodings import check_encoding, decoded_lines
from recurra.text.readers.opening import open_binary
from recurra.text.sources.base import Source
from recurra.types import Example

Document = Literal["file", "paragraph", "line"]


@final
class TextFiles(Source):
    """Text without labels, as it stands: for language models.

    Args:
        train: a file, a folder (all its .txt files, by name), or a list of either. The corpus is named after it.
        validation, test: likewise; None takes the last part of the training text.
        document: what one text is: a whole `file`, a `paragraph` (blank lines stand between two), or a `line`.
        encoding: of the files, any name that Python knows, or `auto`.

    Raises:
        ConfigError: there is no training file, or no such encoding.
    """

    running: ClassVar[bool] = True

    def __init__(
        self,
        train: str | list[str] | None = None,
        validation: str | list[str] | None = None,
        test: str | list[str] | None = None,
        document: Document = "file",
        encoding: str = "utf-8",
    ) -> None:
        if not train:
            raise ConfigError("No training text was given. Give data.train=FILE or data.train=FOLDER.")
        check_encoding(encoding)
        first = Path(train if isinstance(train, str) else train[0])
        self.name = first.name.split(".")[0] or first.resolve().name
        self._paths = {"train": train, "validation": validation, "test": test}
        self._document = document
        self._encoding = encoding

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        return {split: self.read(path) for split, path in self._paths.items() if path is not None}

    def read(self, path: str | list[str]) -> list[Example]:
        """The texts of a file, a folder or several.

        Raises:
            DataError: one cannot be read, or there is no text in any.
        """
        named = [path] if isinstance(path, str) else path
        texts = [text for name in named for file in _files(Path(name)) for text in self._texts(file)]
        if not texts:
            raise DataError(f"{', '.join(named)}: there is no text, blank lines at most. Was it written to its end?")
        return texts

    def _texts(self, file: Path) -> Iterator[Example]:
        lines = []
        with open_binary(file) as stream:
            for line in decoded_lines(stream, str(file), self._encoding):
                if isinstance(line, DataError):
                    raise line
                lines.append(line)
        if self._document == "line":
            parts = [(number, line.rstrip("\r\n")) for number, line in enumerate(lines, start=1)]
        elif self._document == "file":
            parts = [(1, "".join(lines))]
        else:
            whole = "".join(lines)
            found = re.finditer(r"(?:^|(?<=\n))[^\S\n]*\S(?:.|\n(?![^\S\n]*(?:\n|\Z)))*", whole)
            parts = [(whole.count("\n", 0, match.start()) + 1, match.group()) for match in found]
        for number, text in parts:
            if text.strip():
                yield Example(text, (), str(file), number)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.txt"))
    if not files:
        raise DataError(f"{path}: this folder holds no .txt file. Name the files: data.train=[a.md,b.md]")
    return files
