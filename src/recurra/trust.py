"""Whose classes may be built from a configuration that came with a file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import CheckpointError, ConfigError
from recurra.schema import target

BUILT = (
    "recurra.callbacks",
    "recurra.checkpoint_tokenizer",
    "recurra.data.datamodule",
    "recurra.data.generated",
    "recurra.data.problems",
    "recurra.loggers",
    "recurra.nn",
    "recurra.tasks",
    "recurra.text",
    "torch.optim",
    "lightning.pytorch.callbacks",
    "lightning.pytorch.loggers",
    "lightning.pytorch.profilers",
    "lightning.pytorch.strategies",
    "lightning.pytorch.trainer",
)
"""Where the classes and functions are defined that a configuration names."""


def check_trust(config: Any, trust: Sequence[str], path: str | Path) -> None:
    """Refuses a configuration that would build what is not on the allow-list.

    What counts is where a thing is defined: `recurra.run.os.system` begins with our name and is not ours.

    Args:
        trust: packages whose classes may be built, too.
        path: of the file that the configuration came with.

    Raises:
        CheckpointError: naming the class and what to do.
    """
    packages = {place.split(".")[0] for place in BUILT}
    for name in _targets(config):
        package = name.split(".")[0]
        if package in trust or any(_within(name, trusted) for trusted in trust):
            continue
        if package not in packages or not any(_within(_place(name, path), place) for place in BUILT):
            cure = f" If you trust the package {package}, say so: --trust {package}" if package not in packages else ""
            raise CheckpointError(f"{path} asks for {name}, which no model is made of; it was not run.{cure}")


def _place(name: str, path: str | Path) -> str:
    """Where what `name` leads to is defined."""
    try:
        found = target(name, "model")
    except ConfigError as error:
        raise CheckpointError(f"{path} asks for {name}, which does not exist here: {error}") from error
    return f"{getattr(found, '__module__', None)}.{getattr(found, '__qualname__', None)}"


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield str(node["_target_"])
        for value in node.values():
            yield from _targets(value)
    elif isinstance(node, list):
        for value in node:
            yield from _targets(value)
