"""Sweeps that nobody ran: a study, and for each trial the folder that its run would have left."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from recurra.results import Results
from recurra.sweeps.records import Record
from recurra.sweeps.trials import OVERRIDES, REASON
from recurra.tasks.base import Task

CLASSIFICATION = "recurra.tasks.Classification"


class Everything:
    """In place of `Trials`, which needs a sweep that runs: all trials of a study count."""

    def __init__(self, study: optuna.Study) -> None:
        self._study = study

    @property
    def all(self) -> list[Any]:
        return self._study.get_trials(deepcopy=False)


def run_folder(
    folder: Path,
    columns: Mapping[str, Sequence[Any]] | None = None,
    task: str = CLASSIFICATION,
    **figures: Any,
) -> Path:
    """What a finished run leaves, as far as a sweep reads it."""
    folder.mkdir(parents=True)
    common = {"model": "lstm", "data": "csv", "task": "classification", "seed": 0, "status": "finished"}
    results = Results(folder=str(folder), **{**common, "parameters": 10, "train_seconds": 3.0, **figures})
    results.save()
    (folder / "config.yaml").write_text(yaml.safe_dump({"task": {"_target_": task}}))
    if columns is not None:
        pq.write_table(pa.table(dict(columns)), folder / "predictions_validation.parquet")
    return folder


def answered(gold: Sequence[str], predicted: Sequence[str], texts: Sequence[str] | None = None) -> dict[str, Any]:
    """The columns of a classification, each answer with a probability of 0.9."""
    labels = sorted({*gold, *predicted})
    sure = [{label: 0.9 if label == own else 0.1 / (len(labels) - 1) for label in labels} for own in predicted]
    texts = texts or [f"text {row}" for row in range(len(gold))]
    return {
        "row": list(range(len(gold))),
        "text": list(texts),
        "length": [2] * len(gold),
        "gold": list(gold),
        "predicted": list(predicted),
        "probabilities": sure,
    }


def accuracy(columns: Mapping[str, Sequence[Any]]) -> float:
    return float(np.mean([g == p for g, p in zip(columns["gold"], columns["predicted"], strict=True)]))


def record(number: int, folder: Path = Path("nowhere"), *values: float, status: str = "finished", **point: Any) -> Record:
    """A trial; `data_fold=1` is the parameter `data.fold`."""
    point = {key.replace("__", "."): value for key, value in point.items()}
    return Record(number, folder, status, point, tuple(f"{k}={v}" for k, v in point.items()), values)
