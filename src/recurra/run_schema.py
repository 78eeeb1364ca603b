"""Checks the whole configuration of a run."""

from collections.abc import Mapping
from inspect import signature
from typing import Annotated, Any

from annotated_types import Lt

from recurra.errors import ConfigError, unknown
from recurra.schema import check_given, check_nodes, check_value
from recurra.types import NaturalInt

GROUPS = ("data", "tokenizer", "embedding", "model", "task", "loss", "optimizer", "scheduler", "trainer")
"""Parts of a configuration that build one object."""

OPTIONAL = ("auxiliary",)
"""Parts that build one object, or are left out."""

COLLECTIONS = ("callbacks", "logger")
"""Parts that build any number of objects, each under a name; null builds none."""


def _run_options(
    seed: Annotated[NaturalInt, Lt(2**32)],
    tags: list[str],
    train: bool,
    test: bool,
    baselines: bool,
    resume: str | None,
    init_from: str | None,
    dry_run: bool,
) -> None:
    """The signature of what stands beside the groups."""


def check_run(config: Mapping[str, Any]) -> None:
    """Checks a whole configuration: what stands beside the groups, and every node with a `_target_` at any depth.

    Raises:
        ConfigError: the first key with a wrong name, type or range, a target that cannot be imported, or a value
            that is still missing.
    """
    check_given(config, "")
    options = signature(_run_options).parameters
    for key, value in config.items():
        if key in options:
            check_value(options[key], value, key)
        elif key not in (*GROUPS, *OPTIONAL, *COLLECTIONS):
            raise ConfigError(unknown("key or group", key, (*options, *GROUPS, *OPTIONAL, *COLLECTIONS)))
    if lacking := [key for key in options if key not in config]:
        raise ConfigError(f"{lacking[0]} has been removed, but it must have a value.")
    for key in GROUPS:
        if not _builds(config.get(key)):
            raise ConfigError(f"{key}={config.get(key)!r} builds nothing: choose an option, as in {key}=OPTION.")
    for key in OPTIONAL:
        node = config.get(key)
        if node and not _builds(node):
            left = " ".join(f"~{key}.{name}" for name in node) if isinstance(node, Mapping) else f"{key}=none"
            raise ConfigError(
                f"{key}={node!r} builds nothing: choose an option, as in {key}=OPTION, or leave out: {left}"
            )
    for key in COLLECTIONS:
        nodes = config.get(key) or {}
        for name, node in nodes.items():
            if node is not None and not _builds(node):
                built = [n for n, other in nodes.items() if _builds(other)]
                raise ConfigError(unknown(f"entry of {key}", name, built))
    if not config["train"] and config["init_from"] is None:
        raise ConfigError("train=false only scores, and without init_from=CHECKPOINT the weights are random.")
    # The path of pretrained vectors stands with the embedding, but it is `build` that reads the file.
    embedding = {name: value for name, value in config["embedding"].items() if name != "vectors"}
    check_nodes({**config, "embedding": embedding}, "")


def _builds(node: Any) -> bool:
    return isinstance(node, Mapping) and "_target_" in node
