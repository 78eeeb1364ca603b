"""What loggers call a run, and how they tell what it was made with."""

import shlex
from collections.abc import Iterator
from typing import Any

from recurra.loggers.run_name import run_name
from recurra.order import Order
from recurra.results import Results


def description(order: Order, results: Results, data: str) -> dict[str, Any]:
    """What a logger's factory may ask for: `name`, `group`, `job_type`, `tags`, a flat `config`, and whether
    the run `continues` what an earlier process began."""
    return {
        "name": run_name(order, results.model, data),
        "group": order.sweep,
        "job_type": "train" if order.config["train"] else "evaluate",
        "tags": results.tags,
        "continues": order.resume is not None,
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
