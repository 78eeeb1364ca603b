"""A run as its folder tells it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, final

import yaml

from recurra.analysis.answers import read_table
from recurra.build import of_task
from recurra.errors import ConfigError, DataError
from recurra.overrides import split, unquoted
from recurra.results import Results, found
from recurra.run_config import CONFIG, read_config
from recurra.run_lock import is_owned
from recurra.sweeps.repeats import REPEATS

_SAYING_NOTHING = ("hydra", "logger", "hparams_search", "resume", "dry_run", "baselines", "tags")
"""Parts of a command that make no other run."""
_READING = frozenset(
    {
        *("batch_size", "batches_per_epoch", "num_workers", "reshuffle", "token_budget"),
        *("max_length", "fixed_length", "truncation", "windows", "fold", "split_seed"),
    }
)
"""Of `data`: how rows are read and repeated, not which they are."""


@final
@dataclass(frozen=True)
class Run:
    """A run that finished with a score to compare it by.

    Attributes:
        folder: where it lies now.
        results: of its results.json.
        config: the resolved configuration.
    """

    folder: Path
    results: Results
    config: Mapping[str, Any]

    @cached_property
    def typed(self) -> dict[str, str]:
        """What was typed that makes a run what it is: key and value, `null` where a part is taken away."""
        found = {}
        for override in self.results.overrides:
            prefix, key, value = split(override)
            if key.replace("/", ".").split(".")[0] not in _SAYING_NOTHING:
                found[key] = "null" if prefix == "~" else unquoted(value)
        return found

    @cached_property
    def ground(self) -> str:
        """What runs must have in common to be compared: the rows, and the score.

        A loss for each token says something beside that of another run only if both have the same tokens.
        """
        data = {name: value for name, value in self.config["data"].items() if name not in _READING}
        tokens = self.config["tokenizer"] if of_task(self.config, "classes") == "tokens" else None
        results = self.results
        return json.dumps([results.monitor, results.mode, results.task, data, tokens], sort_keys=True, default=str)

    @property
    def changes(self) -> list[str]:
        """The keys typed that can tell it from others on its ground, repeats aside."""
        return [key for key in self.typed if key not in ("model", *REPEATS) and not _of_ground(key)]

    @property
    def data(self) -> str:
        """What was typed, or could have been, to say which rows are asked what."""
        told = {"data": self.results.data, **self.typed, "task": self.results.task}
        return " ".join(f"{key}={value}" for key, value in told.items() if _of_ground(key))

    @cached_property
    def repeat(self) -> dict[str, Any]:
        """The values of what a run is repeated by."""
        values = {key: _looked_up(self.config, key) for key in REPEATS}
        return {key: value for key, value in values.items() if value is not None}

    def value(self, key: str) -> Any:
        """What a key that some run was typed with is in this one; None where it is not known here."""
        if key == "model":
            return self.results.model
        value = _looked_up(self.config, key)
        if isinstance(value, list):
            return f"[{','.join(map(str, value))}]"
        return self.typed.get(key) if value is None or isinstance(value, Mapping) else value


@final
@dataclass(frozen=True)
class Left:
    """A run that is not compared.

    Attributes:
        folder: where it lies.
        status: how it stands.
        why: what there is to say of it.
        command: what was typed for it, if that is known.
    """

    folder: Path
    status: str
    why: str = ""
    command: tuple[str, ...] = ()


def read_run(folder: Path) -> Run | Left:
    """The run in a folder."""
    try:
        results = found(folder)
        if results is not None:
            _check(results)
    except (OSError, ValueError, TypeError, AttributeError) as error:  # cut short, edited, or by another version
        return Left(folder, "unreadable", f"results.json: {error}")
    if results is None or results.status == "running":
        command = () if results is None else tuple(results.overrides)
        if is_owned(folder):
            return Left(folder, "running", command=command)
        return Left(folder, "killed", "its process ended without a word", command)
    typed = tuple(results.overrides)
    if results.status != "finished":
        return Left(folder, results.status, results.error or results.signal or "", typed)
    if not math.isfinite(results.score):
        return Left(folder, "finished", f"no {results.monitor or 'score'} of the validation split", typed)
    try:
        config = read_config(folder)
    except (OSError, ValueError, yaml.YAMLError) as error:
        return Left(folder, "unreadable", f"{CONFIG}: {getattr(error, 'strerror', None) or error}", typed)
    if _looked_up(config, "task._target_") is None:
        return Left(folder, "unreadable", f"{CONFIG}: it has no task", typed)
    try:
        of_task(config, "classes")
        read_table(folder)
    except (ConfigError, DataError) as error:  # a class of the user's own, which is not installed here; a torn file
        return Left(folder, "unreadable", str(error), typed)
    if not isinstance(config.get("data"), Mapping):
        return Left(folder, "unreadable", f"{CONFIG}: it has no data", typed)
    return Run(folder, results, config)


def _check(results: Results) -> None:
    """Raises a TypeError where something else stands in place of a figure."""
    own = [(name, getattr(results, name)) for name in ("parameters", "train_seconds", "tokens_per_second")]
    for name, value in [*own, *results.validation.items(), *results.test.items()]:
        if name != "per_class" and not isinstance(value, int | float):
            raise TypeError(f"{name} is {value!r}, and no number")


def _of_ground(key: str) -> bool:
    group, _, name = key.partition(".")
    return (group == "data" and name not in _READING) or key == "task"


def _looked_up(config: Any, key: str) -> Any:
    for name in key.split("."):
        if not isinstance(config, Mapping) or name not in config:
            return None
        config = config[name]
    return config
