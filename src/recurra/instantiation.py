"""From a node of a configuration to an object."""

from collections.abc import Callable, Mapping
from typing import Any

import hydra.utils
from hydra.errors import InstantiationException
from lightning.fabric.utilities.exceptions import MisconfigurationException

from recurra.errors import ConfigError, RecurraError


def instantiate(node: Mapping[str, Any], key: str, **given: Any) -> Any:
    """Builds what `node` describes; nested nodes too. The only call of Hydra's `instantiate` in Recurra.

    Args:
        node: a mapping with `_target_`.
        key: where it stands in the configuration, for the message.
        given: further arguments, handed over as they are; for a `_partial_` node bound to the factory.

    Raises:
        RecurraError: raised by the constructor itself, passed on.
        ConfigError: the constructor refused its arguments.
    """
    try:
        return hydra.utils.instantiate(_literal(node), _convert_="all", **given)
    except InstantiationException as error:
        cause = error.__cause__
        if isinstance(cause, RecurraError):
            raise cause from None
        raise ConfigError(f"{key}: {cause or error}") from error


def _literal(node: Any) -> Any:
    """A resolved configuration is data: what looks like an interpolation, in a path for instance, is none.

    Hydra resolves twice on its way, hence two levels of escape.
    """
    if isinstance(node, Mapping):
        return {key: _literal(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_literal(value) for value in node]
    return node.replace("${", "\\\\\\${") if isinstance(node, str) else node


def call(factory: Callable[..., Any], key: str, *args: Any, **given: Any) -> Any:
    """Calls a factory that `instantiate` made; what it refuses is the user's configuration."""
    try:
        return factory(*args, **given)
    except RecurraError:
        raise
    except (TypeError, ValueError, MisconfigurationException, ModuleNotFoundError) as error:
        raise ConfigError(f"{key}: {error}") from error
