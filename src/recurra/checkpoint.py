"""Checkpoints: one file that holds everything, and a reader that trusts none of it."""

import pickle
import platform
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import torch

from recurra import build
from recurra.errors import CheckpointError, RecurraError
from recurra.module import SequenceModule
from recurra.run_files import BEST, CHECKPOINTS
from recurra.text.tokenizers import Tokenizer
from recurra.trust import check_trust

FORMAT = 1
_PACKAGES = ("recurra", "torch", "lightning", "tokenizers", "numpy")
_CONFIG = ("data", "tokenizer", "embedding", "model", "task", "loss", "optimizer", "scheduler", "seed")


def versions() -> dict[str, str]:
    """What the run was made with."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def card(
    config: Mapping[str, Any],
    tokenizer: Tokenizer | None,
    labels: Sequence[str],
    class_counts: Sequence[int],
    embedding_size: int | None,
    **run: Any,
) -> dict[str, Any]:
    """What a checkpoint carries beside weights and training state, in plain containers.

    Args:
        config: the resolved configuration.
        tokenizer: None where sequences are no text.
        run: how the run was started: `choices`, `overrides`; and what else the data says of itself.
    """
    return {
        "format": FORMAT,
        "config": dict(config),
        "tokenizer": None if tokenizer is None else tokenizer.to_json(),
        "labels": list(labels),
        "class_counts": [int(count) for count in class_counts],
        "embedding_size": embedding_size,
        "versions": versions(),
        **run,
    }


class Restored(NamedTuple):
    """A model as it was saved, in evaluation mode, on the CPU."""

    module: SequenceModule
    tokenizer: Tokenizer | None
    card: dict[str, Any]


def read(path: str | Path) -> dict[str, Any]:
    """The content of a checkpoint: tensors and plain containers only, nothing in it is run.

    Raises:
        CheckpointError: the file is missing, damaged, holds code, or was not written by Recurra.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(_missing(path))
    try:
        _check_bytes(path)
        with warnings.catch_warnings():
            # It is said of plain pickles, which are refused anyway.
            warnings.filterwarnings("ignore", "Detected pickle protocol", UserWarning)
            content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} is no checkpoint of Recurra, or it is damaged: it holds more than tensors and plain containers. "
            "Nothing in it was run."
        ) from error
    except (
        zipfile.BadZipFile,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
        TypeError,
    ) as error:
        raise CheckpointError(f"{path} cannot be read: it is damaged, or no checkpoint of Recurra.") from error
    found = content.get("recurra") if isinstance(content, dict) else None
    if not isinstance(found, dict) or "state_dict" not in content:
        raise CheckpointError(f"{path} was not written by Recurra: it carries no configuration and vocabulary.")
    if found.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} has format {found.get('format')!r}; this version of Recurra reads {FORMAT}. "
            f"It was written with {found.get('versions')}."
        )
    config, weights = found.get("config"), content["state_dict"]
    lacking = {"config", "tokenizer", "labels"} - found.keys()
    lacking |= set(_CONFIG) - (config.keys() if isinstance(config, dict) else set())
    if not isinstance(weights, dict) or not all(isinstance(weight, torch.Tensor) for weight in weights.values()):
        lacking.add("weights")
    if lacking:
        raise CheckpointError(f"{path} is damaged: it lacks {', '.join(sorted(lacking))}.")
    return dict(content)


def _check_bytes(path: Path) -> None:
    """Compares the checksums that a checkpoint carries: torch does not, and a flipped bit would be a silent weight."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if (damaged := archive.testzip()) is not None:
                raise zipfile.BadZipFile(f"the checksum of {damaged} is wrong")


def restore(path: str | Path, trust: Sequence[str] = ()) -> Restored:
    """The model that a checkpoint holds.

    Args:
        trust: packages, beside Recurra and torch, whose classes may be built, such as that of an encoder of yours.

    Raises:
        CheckpointError: see `read`; or a class that is not trusted; or weights that do not fit the configuration.
    """
    content = read(path)
    found = content["recurra"]
    check_trust(found["config"], trust, path)
    try:
        tokenizer = None if found["tokenizer"] is None else Tokenizer.from_json(found["tokenizer"])
        module = build.module(
            found["config"],
            vocabulary_size=found.get("vocabulary_size") if tokenizer is None else tokenizer.size,
            input_size=found.get("input_size"),
            embedding_size=found.get("embedding_size"),
            ngram_rows=found.get("ngram_rows"),
            labels=found["labels"],
            class_counts=found.get("class_counts"),
            card=found,
        )
        module.load_state_dict(content["state_dict"])
    except (RecurraError, RuntimeError, TypeError, KeyError) as error:
        raise CheckpointError(f"{path}: its parts do not fit together: {error}") from error
    module.eval()
    return Restored(module, tokenizer, found)


def _missing(path: Path) -> str:
    if path.is_dir():
        inside = path / CHECKPOINTS / BEST
        hint = f" Did you mean {inside}?" if inside.is_file() else ""
        return f"{path} is a folder; a checkpoint file is expected.{hint}"
    near = sorted(path.parent.glob("*.ckpt")) if path.parent.is_dir() else []
    listed = f" Checkpoints there: {', '.join(file.name for file in near)}." if near else ""
    return f"There is no checkpoint {path}.{listed}"
