"""Labelled texts that are given, not read."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from recurra.data.datamodule import TextDataModule
from recurra.text.sources import Source
from recurra.types import Example


class Given(Source):
    """(label, text) of the training rows; the other splits are cut from them."""

    name = "given"

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._rows = rows

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        return {"train": [Example(text, (label,)) for label, text in self._rows]}


def made(rows: Sequence[tuple[str, str]], **options: Any) -> TextDataModule:
    """Data of these rows."""
    return TextDataModule(partial(Given, rows), **options)
