"""Rows of a file that a finished model is given: which reader, which columns."""

import argparse
import re
from collections.abc import Mapping
from typing import Any

from recurra.text.readers import FORMATS, Reader, reader_for


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how a file is read."""
    parser.add_argument("--format", choices=sorted(FORMATS), help="of the input; told by its name if left out")
    parser.add_argument("--text", metavar="COLUMN", action="append", help="text column; once for each of several")
    parser.add_argument("--encoding", help="of the input: utf-8, gb18030, auto, ...")
    parser.add_argument(
        "--trust", action="append", default=[], metavar="PACKAGE", help="a package of yours that the model is made of"
    )


def reader(asked: argparse.Namespace, file: str, data: Mapping[str, Any], **columns: Any) -> Reader:
    """The reader for `file`; columns and encoding as in training, unless they are asked for otherwise.

    Args:
        asked: what was typed.
        file: its path, or `-`.
        data: the checkpoint's own `data` configuration.
        columns: further arguments of the reader, from training.
    """
    encoding = asked.encoding or data.get("encoding") or "utf-8"
    trained_on = str(data.get("source", {}).get("reader", {}).get("_target_", ""))
    if asked.format is None and trained_on.endswith("FastText") and file.endswith((".txt", ".txt.gz")):
        return FORMATS["fasttext"](encoding=encoding)  # else .txt means a text a line
    plain = _made(asked.format, file, encoding=encoding)
    if not plain.has_columns and asked.text is None:
        return plain
    return _made(asked.format, file, encoding=encoding, text=asked.text or data.get("text"), **columns)


def in_options(message: str) -> str:
    """What a reader says, with the options of `recurra` in place of the keys of `recurra-train`."""
    message = re.sub(r"\bdata\.(text|label|encoding)=", r"--\1 ", message)
    return re.sub(r"\bdata=(csv|tsv|jsonl|parquet|fasttext|conll)\b", r"--format \1", message)


def _made(name: str | None, file: str, **options: Any) -> Reader:
    if name is None and file != "-":
        return reader_for(file, **options)
    return FORMATS[name or "lines"](**options)
