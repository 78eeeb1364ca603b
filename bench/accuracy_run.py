"""One run of bench/accuracy.py, in a process of its own.

    python bench/accuracy_run.py MODEL SEED OVERRIDES...

The last line that it prints are its figures as JSON. MODEL is an option of `model=`, or `tfidf`, or `fasttext`; `rows`
trains nothing, and tells which rows there are.
"""

from recurra.process import settle

settle()  # before torch is there

import json
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from workload import config

import recurra
from recurra import build
from recurra.baselines.baseline import Baseline
from recurra.baselines.tfidf import tfidf
from recurra.data.datamodule import TextDataModule
from recurra.tasks import Classification

SPLITS = ("validation", "test")


def rows(data: TextDataModule) -> dict[str, Any]:
    """How many rows each split has, and by what their texts are known."""
    splits = data.corpus.splits
    known = {
        split: " ".join(f"{zlib.crc32(row.text.encode('utf-8', 'surrogatepass')):08x}" for row in splits[split])
        for split in SPLITS
    }
    return {
        "seconds": 0.0,
        "data": data.fingerprint(),
        "rows": {split: len(splits[split]) for split in splits},
        **known,
    }


def of_peer(train: Callable[[TextDataModule, Classification], Baseline], data: TextDataModule) -> dict[str, Any]:
    """The figures of a model that is not Recurra's."""
    task = Classification(data.classes("labels")[0], 1)
    found = train(data, task)
    scores = {split: evaluation.scores for split, evaluation in found.evaluations.items()}
    last = task.columns(found.evaluations[list(scores)[-1]].answers)
    return {
        "seconds": found.seconds,
        "data": data.fingerprint(),
        "parameters": found.parameters,
        "settings": found.settings,
        **scored(scores, last["gold"], last["predicted"]),
    }


def of_recurra(overrides: Sequence[str]) -> dict[str, Any]:
    """The figures of a run."""
    with tempfile.TemporaryDirectory() as folder:
        found = recurra.train([*overrides, f"hydra.run.dir={folder}/run"])
        scores = {split: told for split in SPLITS if (told := getattr(found, split))}
        last = pq.read_table(Path(folder, "run", f"predictions_{list(scores)[-1]}.parquet")).to_pydict()
    return {
        "seconds": found.train_seconds,
        "data": found.data_hash,
        "parameters": found.parameters,
        **scored(scores, last["gold"], last["predicted"]),
    }


def scored(scores: dict[str, dict[str, Any]], gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Any]:
    """Scores by split, and which rows of the last one are wrong."""
    wrong = np.flatnonzero(np.array(gold, dtype=object) != np.array(predicted, dtype=object))
    kept = {split: {name: own[name] for name in ("accuracy", "f1_macro")} for split, own in scores.items()}
    return {**kept, "wrong": " ".join(map(str, wrong))}


def main() -> None:
    """One line."""
    model, seed, *overrides = sys.argv[1:]
    settings = config(*overrides, f"seed={seed}")
    data: Any = build.datamodule(settings)
    if model == "rows":
        found = rows(data)
    elif model == "tfidf":
        found = of_peer(lambda *given: tfidf(*given, test=settings["test"]), data)
    elif model == "fasttext":
        from fasttext_peer import fasttext

        found = of_peer(lambda *given: fasttext(*given, int(seed), test=settings["test"]), data)
    else:
        found = of_recurra([*overrides, f"model={model}", f"seed={seed}"])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
