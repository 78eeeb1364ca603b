"""Options that are left open (null) for the training texts to choose."""

import logging
import math
from collections.abc import Mapping
from typing import Any

from recurra.build import fitting, of_task
from recurra.data.base import DataModule
from recurra.data.proportions import EPOCHS, epochs
from recurra.instantiation import instantiate
from recurra.journal import ONCE

log = logging.getLogger("recurra")

_ENDLESS = -1
_PATIENCE = (5, 15)
"""Validations without a better value that early stopping bears, at least and at most."""


def settle(config: Mapping[str, Any], data: DataModule) -> dict[str, Any]:
    """The configuration with nothing left open, and a line for a person; the same texts always choose the same.

    Args:
        data: whose tokenizer is fitted.
    """
    chosen: dict[str, Mapping[str, Any]] = {"data": data.chosen, "trainer": _length_of_training(config, data)}
    told = [f"{group}.{name}={value}" for group, options in chosen.items() for name, value in options.items()]
    if told:
        log.info("chosen by the training texts: %s", " ".join(told), extra=ONCE)
    return patient({**config, **{group: {**config[group], **options} for group, options in chosen.items()}})


def patient(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with the patience of its callbacks by the length of training, if factories leave it open."""
    # One cycle warms up for 30 % of the epochs, in which nothing may get better yet.
    third = math.ceil((config["trainer"].get("max_epochs") or 0) / 3)
    given = {"patience": min(max(third, _PATIENCE[0]), _PATIENCE[1])}
    nodes = config.get("callbacks") or {}
    factories = {name: node for name, node in nodes.items() if node and node.get("_partial_")}
    settled = {
        name: {**node, **fitting(instantiate(node, f"callbacks.{name}"), given)} for name, node in factories.items()
    }
    return {**config, "callbacks": {**nodes, **settled}}


def _length_of_training(config: Mapping[str, Any], data: DataModule) -> dict[str, int]:
    trainer = config["trainer"]
    if trainer.get("max_epochs") is not None or trainer.get("max_steps") not in (None, _ENDLESS):
        return {}
    # A language is more to learn than a few labels; and what is no text has no rows.
    labels = "train" in data.stores and of_task(config, "classes") != "tokens"
    return {"max_epochs": epochs(len(data.stores["train"])) if labels else EPOCHS[1]}
