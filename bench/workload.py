"""The text that benches are run on: random words, their frequencies as in language, lengths log-normal."""

from functools import partial
from typing import Any

import numpy as np
from hydra import compose, initialize_config_module

from recurra import build
from recurra.checkpoint import card
from recurra.commands.job import plain
from recurra.data.datamodule import TextDataModule
from recurra.module import SequenceModule
from recurra.overrides import prepare
from recurra.text.sources import Source
from recurra.types import Example

WORDS = 20_000
CLASSES = 5
MEAN, LONGEST, SPREAD = 45, 256, 0.8  # tokens; the last is the standard deviation of the logarithm


def texts(rows: int, seed: int = 0) -> list[str]:
    """Texts of 45 words in the mean and 256 at most."""
    draw = np.random.default_rng(seed)
    lengths = np.exp(draw.normal(np.log(MEAN) - SPREAD**2 / 2, SPREAD, rows)).astype(int).clip(1, LONGEST)
    names = np.array([f"w{number}" for number in range(WORDS)])
    chances = 1 / np.arange(1, WORDS + 1)
    words = names[draw.choice(WORDS, lengths.sum(), p=chances / chances.sum())].tolist()
    ends = np.cumsum(lengths).tolist()
    return [" ".join(words[end - length : end]) for end, length in zip(ends, lengths.tolist(), strict=True)]


class RandomTexts(Source):
    """Texts that say nothing about their labels: speed alone is of interest."""

    def __init__(self, rows: int) -> None:
        self.name = f"{rows} random texts"
        self._rows = rows

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        return {"train": [Example(text, (str(row % CLASSES),)) for row, text in enumerate(texts(self._rows))]}


def config(*overrides: str) -> dict[str, Any]:
    """The resolved configuration of a command."""
    with initialize_config_module("recurra.conf", version_base="1.3"):
        return plain(compose("train", overrides=prepare(overrides, multirun=False)))


def data(rows: int, settings: dict[str, Any], **options: Any) -> TextDataModule:
    """Data ready for loaders."""
    made = TextDataModule(partial(RandomTexts, rows), max_length=LONGEST, truncation="head", **options)
    made.fit_tokenizer(build.recipe(settings))
    return made


def module(settings: dict[str, Any], made: TextDataModule) -> SequenceModule:
    """The model of a configuration for these data."""
    labels, class_counts = made.classes("labels")
    told = card(settings, made.tokenizer, labels, class_counts, None)
    built = build.module(
        settings,
        vocabulary_size=made.tokenizer.size,
        embedding_size=None,
        labels=labels,
        class_counts=class_counts,
        card=told,
    )
    made.suit(built.task)
    return built
