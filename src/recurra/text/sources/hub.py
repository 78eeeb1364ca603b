"""Data sets of the Hugging Face Hub, and local folders laid out as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from recurra.errors import DataError, unknown
from recurra.text.readers.cells import example
from recurra.text.readers.columns import choose_columns
from recurra.text.sources.base import Source
from recurra.types import Example

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

BATCH = 4096  # rows that are Python objects at the same time
PATIENCE = 5.0  # seconds to wait for the Hub's first answer


@final
class Hub(Source):
    """A data set that `datasets.load_dataset` can load.

    Args:
        path: `owner/name` on the Hub, or a local folder of csv, jsonl or parquet files.
        name: the configuration of a data set that has several.
        train: the name of its split to train on.
        validation: the name of its split to validate on; None cuts one from the training split later.
        test: the name of its split to test on; None cuts one from the training split later.
        text: the column of the text, or several; None finds it by its name.
        label: the column of the label; None finds it by its name.
    """

    def __init__(
        self,
        path: str,
        name: str | None = None,
        train: str = "train",
        validation: str | None = None,
        test: str | None = None,
        text: str | list[str] | None = None,
        label: str | None = None,
    ) -> None:
        self.name = "-".join([Path(path).name, *([name] if name is not None else [])])
        self._path = path
        self._configuration = name
        self._names = {"train": train, "validation": validation, "test": test}
        self._text = text
        self._label = label

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        loaded = _loaded(self._path, self._configuration)
        wanted = {split: name for split, name in self._names.items() if name is not None}
        for name in wanted.values():
            if name not in loaded:
                raise DataError(f"{self._path}: {unknown('split', name, loaded)}")
        return {
            split: list(self._rows(loaded[name], f"{self._path}[{name}]", labelled)) for split, name in wanted.items()
        }

    def _rows(self, rows: "Dataset", where: str, labelled: bool) -> Iterator[Example]:
        columns = choose_columns(rows.column_names, self._text, self._label, labelled, where)
        label = [columns.label] if labelled else []
        names = {name: _class_names(rows.features[name]) for name in label}
        line = 0
        for batch in rows.select_columns(list({*columns.text, *label})).iter(BATCH):
            for cells in zip(*batch.values(), strict=True):
                line += 1
                row = dict(zip(batch, cells, strict=True))
                row |= {name: _named(row[name], known) for name, known in names.items() if known is not None}
                yield example(row, columns, None, labelled, where, line)


def _class_names(feature: Any) -> list[str] | None:
    """The names behind the numbers of a ClassLabel, or of a list of them; None for another type."""
    names = getattr(getattr(feature, "feature", feature), "names", None)
    return list(names) if names is not None else None


def _named(cell: Any, names: list[str]) -> Any:
    """Numbers to names; -1, the Hub's sign for a label that is held back, is a missing one."""
    if isinstance(cell, list):
        return [_named(part, names) for part in cell]
    return names[cell] if cell is not None and cell >= 0 else None


def _loaded(path: str, name: str | None) -> "DatasetDict":
    try:
        import datasets
    except ImportError:
        raise DataError(
            'Data sets of the Hub need the package datasets, which is not installed. Run `pip install "recurra[hub]"`.'
        ) from None
    local = Path(path).is_dir()
    if not local:
        _check_reachable(path)
    try:
        return datasets.load_dataset(path, name)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        reason = str(error.__cause__ or error).strip().split("\n")[0]
        where = "" if local else f" There is no local folder {path!r} either."
        raise DataError(f"{path}: the data set cannot be loaded: {reason}{where}") from None


def _check_reachable(path: str) -> None:
    """Asks the Hub once, since without a network `load_dataset` would try for half a minute."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    if constants.HF_HUB_OFFLINE:
        return  # then it answers at once
    try:
        HfApi().dataset_info(path, timeout=PATIENCE)
    except (HfHubHTTPError, HFValidationError):
        return  # an answer, such as that there is no such data set: it is told when loading
    except Exception as error:  # of requests, httpx or httpx2, as huggingface_hub's version has it
        raise DataError(
            f"{path}: this is no local folder, and the Hub cannot be reached ({error}). Connect to the network, name a "
            "local folder, or set HF_HUB_OFFLINE=1 to use what was downloaded before."
        ) from None
