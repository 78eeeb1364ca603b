"""What loggers call a run, and how they tell what it was made with."""

import shlex
from collections.abc import Iterator
from typing import Any

from recurra.order import Order
from recurra.results import Results


def description(order: Order, results: Results) -> dict[str, Any]:
    """What a logger's factory may ask for: `name`, `group`, `job_type`, `tags` and a flat `config`."""
    return {
        "name": f"{results.model}-{results.data}",
        "group": order.sweep,
        "job_type": "train",
        "tags": results.tags,
        "config": {
            **dict(_flat(order.config)),
            **{f"choices.{group}": option for group, option in order.choices.items()},
            "command": shlex.join(["recurra-train", *order.overrides]),
        },
    }


def _flat(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a configuration under dotted names, by which runs can be filtered and grouped."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _flat(value, f"{key}.{name}" if key else str(name))
    else:
        yield key, node
