"""Options that are left open (null) for the training texts to choose."""

import logging
from collections.abc import Mapping
from typing import Any

from recurra.build import of_task
from recurra.data.base import DataModule
from recurra.data.proportions import EPOCHS, epochs
from recurra.journal import ONCE

log = logging.getLogger("recurra")

_ENDLESS = -1


def settle(config: Mapping[str, Any], data: DataModule) -> dict[str, Any]:
    """The configuration with nothing left open, and a line for a person; the same texts always choose the same.

    Args:
        data: whose tokenizer is fitted.
    """
    chosen: dict[str, Mapping[str, Any]] = {"data": data.chosen, "trainer": _length_of_training(config, data)}
    told = [f"{group}.{name}={value}" for group, options in chosen.items() for name, value in options.items()]
    if told:
        log.info("chosen by the training texts: %s", " ".join(told), extra=ONCE)
    return {**config, **{group: {**config[group], **options} for group, options in chosen.items()}}


def _length_of_training(config: Mapping[str, Any], data: DataModule) -> dict[str, int]:
    trainer = config["trainer"]
    if trainer.get("max_epochs") is not None or trainer.get("max_steps") not in (None, _ENDLESS):
        return {}
    # A language is more to learn than a few labels; and what is no text has no rows.
    labels = "train" in data.stores and of_task(config, "classes") != "tokens"
    return {"max_epochs": epochs(len(data.stores["train"])) if labels else EPOCHS[1]}
