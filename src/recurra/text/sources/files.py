"""A corpus in files of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import final

from recurra.errors import ConfigError
from recurra.text.readers import Reader
from recurra.text.sources.base import Source
from recurra.types import Example


@final
class Files(Source):
    """Files of one format, one for each split; those that are not given are cut from the training file later.

    Args:
        reader: makes the reader, given text, label, label_separator and encoding.
        train: the training file. The corpus is named after it.
        validation: the validation file.
        test: the test file.
        text: the column of the text, or several; None finds it by its name.
        label: the column of the label; None finds it by its name.
        label_separator: what stands between the labels of one cell; None: a cell is one label.
        encoding: of the files, any name that Python knows, or `auto`.

    Raises:
        ConfigError: there is no training file, or the reader refuses its arguments.
    """

    def __init__(
        self,
        reader: Callable[..., Reader],
        train: str | None = None,
        validation: str | None = None,
        test: str | None = None,
        text: str | list[str] | None = None,
        label: str | None = None,
        label_separator: str | None = None,
        encoding: str = "utf-8",
    ) -> None:
        if not train:
            raise ConfigError("No training file was given. Give data.train=FILE.")
        self.name = Path(train).name.split(".")[0] or Path(train).name
        self._paths = {"train": train, "validation": validation, "test": test}
        self._reader = reader(text=text, label=label, label_separator=label_separator, encoding=encoding)
        self.tagged = self._reader.tagged

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        return {split: self._reader.read(path, labelled) for split, path in self._paths.items() if path is not None}
