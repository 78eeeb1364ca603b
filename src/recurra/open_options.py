"""Options that are left open (null) for the training texts to choose."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from recurra.build import of_task
from recurra.data.base import DataModule
from recurra.data.frequent_ngrams import frequent_ngrams
from recurra.errors import DataError
from recurra.journal import ONCE
from recurra.text.script import is_cjk_character

log = logging.getLogger("recurra")

CHARACTERS = 0.6
"""Above this share of tokens that are a single Chinese or Japanese character, texts are read by characters; of words
half are at most."""


def settle(config: Mapping[str, Any], data: DataModule) -> dict[str, Any]:
    """The configuration with nothing left open, and a line for a person; the same texts always choose the same.

    Args:
        data: whose tokenizer is fitted.
    """
    chosen: dict[str, Mapping[str, Any]] = {"data": data.chosen, "embedding": {}}
    if config["embedding"].get("ngrams", 1) is None:
        chosen["embedding"] = {"ngrams": _longest_ngram(config, data)}
    told = [f"{group}.{name}={value}" for group, options in chosen.items() for name, value in options.items()]
    if told:
        log.info("chosen by the training texts: %s", " ".join(told), extra=ONCE)
    return {**config, **{group: {**config[group], **options} for group, options in chosen.items()}}


def _longest_ngram(config: Mapping[str, Any], data: DataModule) -> int:
    """2 where texts are read by Chinese or Japanese characters, which alone mean little; 1 elsewhere, or without use.

    Pairs of characters gave a bidirectional LSTM a point on reviews in Chinese, and pairs of words took away two on
    those in English (docs/en/ngrams.md).
    """
    store = data.stores.get("train")
    if store is None or not of_task(config, "takes_ngrams"):
        return 1
    occurrences = np.bincount(store.ids[:-1], minlength=len(data.vocabulary))
    characters = np.array([is_cjk_character(token) for token in data.vocabulary])
    if occurrences[characters].sum() <= CHARACTERS * occurrences.sum():
        return 1
    try:
        frequent_ngrams(store, 2, 1)
    except DataError:  # so few texts that no pair stands twice
        return 1
    return 2
