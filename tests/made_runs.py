"""Runs that nobody made: for each the folder that it would have left."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from made_sweep import Columns, accuracy, answered, run_folder

CONFIG = {
    "seed": 0,
    "model": {"_target_": "recurra.nn.encoders.lstm.LSTM", "hidden_size": 128, "pooling": ["mean", "max"]},
    "tokenizer": {"_target_": "recurra.text.tokenizers.Word", "min_frequency": 2},
    "task": {"_target_": "recurra.tasks.Classification"},
    "data": {"train": "my.csv", "batch_size": 32, "split_seed": 0, "folds": None, "fold": None},
}


def answers(rows: int, right: int) -> dict[str, Any]:
    """Of so many rows, half yes and half no, the first ones right."""
    gold = ["yes", "no"] * (rows // 2)
    turned = {"yes": "no", "no": "yes"}
    return answered(gold, [label if n < right else turned[label] for n, label in enumerate(gold)])


def made_run(folder: Path, columns: Columns, *overrides: str, **figures: Any) -> Path:
    """A run of a classification that goes by its accuracy; dotted overrides stand in its configuration, too.

    Args:
        columns: what it answered.
        figures: of results.json.
    """
    config: dict[str, Any] = yaml.safe_load(yaml.safe_dump(CONFIG))
    typed = dict(override.split("=", 1) for override in overrides)
    for key, value in typed.items():
        *groups, name = key.split(".")
        node = config
        for group in groups:
            node = node[group]
        if groups or name == "seed":
            node[name] = yaml.safe_load(value)
    score = accuracy(columns)
    validation = {"accuracy": score, "loss": 1 - score, "rows": len(columns["row"]), "per_class": []}
    known: dict[str, Any] = {
        "model": typed.get("model", "lstm"),
        "data": typed.get("data", "bbc_news"),
        "seed": config["seed"],
        "monitor": "accuracy",
        "overrides": list(overrides),
        "validation": validation,
        "test": {**validation, "accuracy": 0.5},
        "tokens_per_second": 2000.0,
    }
    run_folder(folder, columns, **{**known, **figures})
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def logged(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes metrics.csv."""
    names = dict.fromkeys(name for row in rows for name in row)
    with open(folder / "metrics.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(names))
        writer.writeheader()
        writer.writerows(rows)
