"""Checks a configuration against the signatures of what it builds.

A constructor's signature and annotations are the only schema: names, types and ranges are declared there and nowhere
else. A keyword parameter `**name_options` takes what the factory called `name` beside it takes.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import get_object
from pydantic import ConfigDict, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError

from recurra.errors import ConfigError, unknown

_OWN_KEYS = {"_target_", "_partial_", "_args_", "_convert_", "_recursive_"}
_OPTIONS = "_options"
_LARGEST = 3.4e38  # beyond it nothing is finite in single precision, in which weights are held


def check_node(node: Any, key: str) -> None:
    """Checks a node of a configuration and all in it: values that are missing, and every node with a `_target_`.

    Args:
        key: where it stands in the configuration.

    Raises:
        ConfigError: the first key with a wrong name, type or range, or a target that cannot be imported.
    """
    check_given(node, key)
    check_nodes(node, key)


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


def check_given(node: Any, key: str) -> None:
    """Checks that no value is missing or infinite, at any depth.

    Raises:
        ConfigError: the first that is.
    """
    if node == "???":
        raise ConfigError(f"{key} has no value. Give it on the command line: {key}=...")
    if isinstance(node, int | float) and not abs(node) <= _LARGEST:
        raise ConfigError(f"{key}={node} does not fit: it should be finite, and in size less than or equal to 3.4e38.")
    for name, value in _items(node):
        check_given(value, f"{key}.{name}" if key else str(name))


def _items(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, Mapping):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def check_nodes(node: Any, key: str) -> None:
    """Checks every node with a `_target_`, at any depth, against the signature of what it builds.

    Raises:
        ConfigError: the first key with a wrong name, type or range, or a target that cannot be imported.
    """
    if isinstance(node, Mapping) and "_target_" in node:
        _check_call(node, key)
    for name, value in _items(node):
        check_nodes(value, f"{key}.{name}" if key else str(name))


def _check_call(node: Mapping[str, Any], key: str) -> None:
    accepted = parameters(node, key)
    if accepted is None:
        return
    for name, value in node.items():
        if name in _OWN_KEYS:
            continue
        if name not in accepted:
            raise ConfigError(unknown(f"key in {key}", name, accepted))
        check_value(accepted[name], value, f"{key}.{name}")
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
    # A decorated constructor, such as Lightning's Trainer's, keeps its globals in what it wraps.
    function = inspect.unwrap(constructor)
    found: dict[str, Any] = {}
    for name, annotation in getattr(function, "__annotations__", {}).items():
        alone = SimpleNamespace(__annotations__={name: annotation})
        with suppress(NameError, TypeError, AttributeError):  # one that only a type checker can resolve
            found |= typing.get_type_hints(alone, getattr(function, "__globals__", {}), include_extras=True)
    return found


def check_value(parameter: inspect.Parameter, value: Any, key: str) -> None:
    """Checks a value against the annotation of the parameter that it is for.

    Raises:
        ConfigError: it does not fit.
    """
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
