"""What training asks beside the task."""

import logging
from collections.abc import Mapping
from typing import Any

from recurra.build import of_task
from recurra.data.base import DataModule
from recurra.errors import ConfigError
from recurra.instantiation import call, instantiate
from recurra.journal import ONCE
from recurra.module import SequenceModule
from recurra.nn.embedding import Embedding
from recurra.tasks.neighbours import Neighbours

log = logging.getLogger("recurra")


def check_auxiliary(config: Mapping[str, Any]) -> None:
    """What can be said before any data is read.

    Raises:
        ConfigError: the task itself asks for tokens.
    """
    if config.get("auxiliary") and of_task(config, "classes") == "tokens":
        raise ConfigError("auxiliary: this task asks for tokens of the text anyway. Give auxiliary=none.")


def auxiliary(config: Mapping[str, Any], data: DataModule, module: SequenceModule) -> Neighbours | None:
    """That of `config["auxiliary"]`; None where there is none, or the encoder has nothing that can be asked.

    Raises:
        ConfigError: the data is no text.
    """
    node = config.get("auxiliary")
    if not node:
        return None
    if data.tokenizer is None:
        raise ConfigError("auxiliary: this data is no text, which has neighbours to tell. Give auxiliary=none.")
    if not module.encoder.sides:
        name = type(module.encoder).__name__
        log.info("auxiliary: none, since %s has no direction whose next token could be asked", name, extra=ONCE)
        return None
    if not isinstance(module.embedding, Embedding):  # one of the user's own
        name = type(module.embedding).__name__
        log.info("auxiliary: none, since it is not known where %s has a vector for each token", name, extra=ONCE)
        return None
    _, occurrences = data.classes("tokens")
    made: Neighbours = call(instantiate(node, "auxiliary"), "auxiliary", occurrences, module.encoder, module.embedding)
    return made
