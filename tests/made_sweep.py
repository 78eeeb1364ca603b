"""Sweeps that nobody ran: a study, and for each trial the folder that its run would have left."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
import optuna
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from recurra.results import Results
from recurra.sweeps.records import Record

Columns = Mapping[str, Sequence[Any]]


@final
class Everything:
    """In place of `Trials`, which needs a sweep that runs: all trials of a study count."""

    def __init__(self, study: optuna.Study) -> None:
        self._study = study

    @property
    def all(self) -> list[Any]:
        return self._study.get_trials(deepcopy=False)


def run_folder(folder: Path, columns: Columns | None = None, task: str = "Classification", **figures: Any) -> Path:
    """What a finished run leaves, as far as a sweep reads it."""
    folder.mkdir(parents=True)
    known = {"model": "lstm", "data": "csv", "task": "classification", "seed": 0, "status": "finished"}
    Results(folder=str(folder), **{**known, "parameters": 10, "train_seconds": 3.0, **figures}).save()
    (folder / "config.yaml").write_text(yaml.safe_dump({"task": {"_target_": f"recurra.tasks.{task}"}}))
    if columns is not None:
        pq.write_table(pa.table(dict(columns)), folder / "predictions_validation.parquet")
    return folder


def answered(gold: Sequence[str], predicted: Sequence[str], texts: Sequence[str] | None = None) -> dict[str, Any]:
    """The columns of a classification, each answer with a probability of 0.9."""
    labels = sorted({*gold, *predicted, "no", "yes"})
    rest = 0.1 / (len(labels) - 1)
    return {
        "row": list(range(len(gold))),
        "text": list(texts or (f"text {row}" for row in range(len(gold)))),
        "length": [2] * len(gold),
        "gold": list(gold),
        "predicted": list(predicted),
        "probabilities": [{label: 0.9 if label == own else rest for label in labels} for own in predicted],
    }


def accuracy(columns: Columns) -> float:
    """The share of right answers."""
    return float(np.mean([g == p for g, p in zip(columns["gold"], columns["predicted"], strict=True)]))


def record(number: int, value: float | None, folder: Path | None = None, **point: Any) -> Record:
    """A trial that finished with this value, or failed; `data__fold=1` is the parameter `data.fold`."""
    point = {key.replace("__", "."): known for key, known in point.items()}
    typed = tuple(f"{key}={known}" for key, known in point.items())
    folder = folder or Path(str(number))
    if value is None:
        return Record(number, folder, "failed", point, typed, reason="it broke\nsomewhere")
    return Record(number, folder, "finished", point, typed, (value,))
