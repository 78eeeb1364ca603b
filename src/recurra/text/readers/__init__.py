"""File formats: rows of a file to examples, with every error told by file and line."""

from recurra.text.readers.base import Reader
from recurra.text.readers.conll import Conll
from recurra.text.readers.delimited import Delimited
from recurra.text.readers.fasttext import FastText
from recurra.text.readers.formats import FORMATS, reader_for
from recurra.text.readers.json_lines import JsonLines
from recurra.text.readers.parquet import Parquet
from recurra.text.readers.plain_lines import PlainLines

__all__ = ["FORMATS", "Conll", "Delimited", "FastText", "JsonLines", "Parquet", "PlainLines", "Reader", "reader_for"]
