"""Whether a run that is gone on with still has its data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recurra.checkpoint import read
from recurra.errors import CheckpointError
from recurra.text.tokenizers import Tokenizer


def check_same_data(path: Path, card: Mapping[str, Any]) -> None:
    """Refuses to go on from a checkpoint with other data than it was trained on.

    Args:
        card: of the model that is about to be trained.

    Raises:
        CheckpointError: saying what differs.
    """
    theirs = read(path)["recurra"]
    differing = [
        f"{what} ({_brief(theirs.get(key))}, now {_brief(card[key])})"
        for key, what in (("tokenizer", "vocabulary"), ("labels", "labels"), ("class_counts", "rows of each class"))
        if theirs.get(key) != card[key]
    ]
    if not differing and theirs.get("data") != card.get("data"):
        differing = ["texts or their order"]
    if differing:
        raise CheckpointError(
            f"{path} was trained on other data, which differs in: {'; '.join(differing)}. Put the data back as it was, "
            f"or begin a new run with its weights: init_from={path}"
        )


def _brief(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return f"{Tokenizer.from_json(value).size} tokens"
    shown = ", ".join(map(str, value[:5]))
    return shown if len(value) <= 5 else f"{shown}, ... {len(value)} in all"
