"""Checks a configuration against the signatures of what it builds.

A constructor's signature and annotations are the only schema: names, types and ranges are declared there and nowhere
else. A keyword parameter `**name_options` takes what the factory called `name` beside it takes.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from annotated_types import Lt
from hydra.errors import InstantiationException
from hydra.utils import get_object
from pydantic import ConfigDict, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError

from recurra.errors import ConfigError, unknown
from recurra.types import NaturalInt

_OWN_KEYS = {"_target_", "_partial_", "_args_", "_convert_", "_recursive_"}
_OPTIONS = "_options"
_LARGEST = 3.4e38  # beyond it nothing is finite in single precision, in which weights are held

GROUPS = ("data", "tokenizer", "embedding", "model", "task", "loss", "optimizer", "scheduler", "trainer")
"""Parts of a configuration that build one object."""

COLLECTIONS = ("callbacks", "logger")
"""Parts that build any number of objects, each under a name; null builds none."""


def _run_options(
    seed: Annotated[NaturalInt, Lt(2**32)],
    tags: list[str],
    train: bool,
    test: bool,
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
    _check_given(config, "")
    options = inspect.signature(_run_options).parameters
    for key, value in config.items():
        if key in options:
            _check_value(options[key], value, key)
        elif key not in (*GROUPS, *COLLECTIONS):
            raise ConfigError(unknown("key or group", key, (*options, *GROUPS, *COLLECTIONS)))
    if lacking := [key for key in options if key not in config]:
        raise ConfigError(f"{lacking[0]} has been removed, but it must have a value.")
    for key in GROUPS:
        if not isinstance(config.get(key), Mapping) or "_target_" not in config[key]:
            raise ConfigError(f"{key}={config.get(key)!r} builds nothing: choose an option, as in {key}=OPTION.")
    for key in COLLECTIONS:
        nodes = config.get(key) or {}
        for name, node in nodes.items():
            if node is not None and (not isinstance(node, Mapping) or "_target_" not in node):
                built = [n for n, other in nodes.items() if isinstance(other, Mapping) and "_target_" in other]
                raise ConfigError(unknown(f"entry of {key}", name, built))
    if not config["train"] and config["init_from"] is None:
        raise ConfigError("train=false only scores, and without init_from=CHECKPOINT the weights are random.")
    # The path of pretrained vectors stands with the embedding, but it is `build` that reads the file.
    embedding = {name: value for name, value in config["embedding"].items() if name != "vectors"}
    _check_nodes({**config, "embedding": embedding}, "")


def check_node(node: Mapping[str, Any], key: str) -> None:
    """Checks what one node builds, at any depth, as `check_run` does.

    Args:
        key: where it stands in the configuration.

    Raises:
        ConfigError: likewise.
    """
    _check_given(node, key)
    _check_nodes(node, key)


def target(name: str, key: str) -> Callable[..., Any]:
    """The class or function that a `_target_` names.

    Raises:
        ConfigError: it cannot be imported or called.
    """
    try:
        found = get_object(name)
    except (ImportError, ValueError, AttributeError, InstantiationException) as error:
        raise ConfigError(f"{key}._target_: {name!r} cannot be imported: {error}") from error
    if not callable(found):
        raise ConfigError(f"{key}._target_: {name!r} is no class or function.")
    return typing.cast(Callable[..., Any], found)


def _check_given(node: Any, key: str) -> None:
    if node == "???":
        raise ConfigError(f"{key} has no value. Give it on the command line: {key}=...")
    if isinstance(node, int | float) and not abs(node) <= _LARGEST:
        raise ConfigError(f"{key}={node} does not fit: it should be finite, and in size less than or equal to 3.4e38.")
    for name, value in _items(node):
        _check_given(value, f"{key}.{name}" if key else str(name))


def _items(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, Mapping):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _check_nodes(node: Any, key: str) -> None:
    if isinstance(node, Mapping) and "_target_" in node:
        _check_call(node, key)
    for name, value in _items(node):
        _check_nodes(value, f"{key}.{name}" if key else str(name))


def _check_call(node: Mapping[str, Any], key: str) -> None:
    accepted = parameters(node, key)
    if accepted is None:
        return
    for name, value in node.items():
        if name in _OWN_KEYS:
            continue
        if name not in accepted:
            raise ConfigError(unknown(f"key in {key}", name, accepted))
        _check_value(accepted[name], value, f"{key}.{name}")
    if not node.get("_partial_"):
        lacking = [n for n, p in accepted.items() if p.default is p.empty and n not in node and n != "seed"]
        if lacking:
            raise ConfigError(f"{key} lacks {', '.join(lacking)}: {node['_target_']} cannot be built without.")


def parameters(node: Mapping[str, Any], key: str) -> dict[str, inspect.Parameter] | None:
    """The parameters that a node with a `_target_` may give, annotations resolved; None where anything goes."""
    call = target(str(node["_target_"]), key)
    try:
        signature = inspect.signature(call)
    except ValueError:
        return None
    hints = _hints(call)
    found: dict[str, inspect.Parameter] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            factory = node.get(name.removesuffix(_OPTIONS))
            if not name.endswith(_OPTIONS) or not isinstance(factory, Mapping):
                return None
            inner = parameters(factory, f"{key}.{name.removesuffix(_OPTIONS)}")
            if inner is None:
                return None
            found |= {n: p for n, p in inner.items() if n not in factory}
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            found[name] = parameter.replace(annotation=hints.get(name, parameter.empty))
    return found


def _hints(call: Callable[..., Any]) -> dict[str, Any]:
    constructor = call.__init__ if inspect.isclass(call) else call
    try:
        # A decorated constructor, such as Lightning's Trainer's, keeps its globals in what it wraps.
        return typing.get_type_hints(inspect.unwrap(constructor), include_extras=True)
    except (NameError, TypeError):
        return {}  # annotations that only a type checker can resolve


def _check_value(parameter: inspect.Parameter, value: Any, key: str) -> None:
    if parameter.annotation is parameter.empty or _is_built(value):
        return
    if value is None and parameter.default is None:
        return
    try:
        adapter = TypeAdapter(parameter.annotation, config=ConfigDict(arbitrary_types_allowed=True, strict=True))
    except (PydanticSchemaGenerationError, PydanticUserError):
        return
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        if isinstance(value, list) and _fits(adapter, tuple(value)):  # YAML knows no tuples
            return
        raise ConfigError(f"{key}={value!r} does not fit: {_reason(error)}.") from None


def _fits(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _is_built(value: Any) -> bool:
    """Whether an object stands in this place when it is used, not the configuration that it is built from."""
    return any("_target_" in v for v in [value, *(v for _, v in _items(value))] if isinstance(v, Mapping))


def _reason(error: ValidationError) -> str:
    """What pydantic expected, said once: each alternative of a union that does not fit is named."""
    messages: list[str] = []
    for problem in error.errors():
        message = problem["msg"].removeprefix("Input should be ").removeprefix("a valid ")
        if message not in messages and not message.startswith("instance of"):
            messages.append(message)
    return "it should be " + " or ".join(messages or ["of another type"])
