"""Recurra: which recurrent encoder suits your text, and a model that runs.

`train` does a run as `recurra-train` would; `Predictor` answers with a finished model. Both are imported when they
are first used, so that `import recurra` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.commands.train import train
    from recurra.predictor import Predictor

__all__ = ["Predictor", "train"]


def __getattr__(name: str) -> Any:
    if name == "train":
        from recurra.commands.train import train

        return train
    if name == "Predictor":
        from recurra.predictor import Predictor

        return Predictor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
