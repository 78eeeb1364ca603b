"""The file formats by name, and by the name of a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from recurra.errors import DataError, did_you_mean
from recurra.text.readers.base import Reader
from recurra.text.readers.conll import Conll
from recurra.text.readers.delimited import Delimited
from recurra.text.readers.fasttext import FastText
from recurra.text.readers.json_lines import JsonLines
from recurra.text.readers.parquet import Parquet
from recurra.text.readers.plain_lines import PlainLines

FORMATS: dict[str, Callable[..., Reader]] = {
    "csv": partial(Delimited, ","),
    "tsv": partial(Delimited, "\t"),
    "jsonl": JsonLines,
    "parquet": Parquet,
    "fasttext": FastText,
    "conll": Conll,
    "lines": PlainLines,
}
"""Each takes text, label, label_separator and encoding."""

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".conll": "conll",
    ".conllu": "conll",
    ".txt": "lines",
}


def reader_for(path: str | Path, **columns: str | list[str] | None) -> Reader:
    """A reader for a file by its suffix, `.gz` at the end aside; `columns` are the arguments of the reader.

    Raises:
        DataError: the suffix names no format.
    """
    name = Path(path).name.lower().removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix not in SUFFIXES:
        what = f"the suffix {suffix!r}" if suffix else "a name without a suffix"
        raise DataError(
            f"{path}: {what} names no format.{did_you_mean(suffix, SUFFIXES)} "
            f"Rename the file, or say the format: {', '.join(FORMATS)}. Suffixes: {', '.join(SUFFIXES)}, each also .gz."
        )
    return FORMATS[SUFFIXES[suffix]](**columns)
