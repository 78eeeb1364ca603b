"""What an embedding takes over from a file of vectors and from the training split."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra.build import of_task
from recurra.data.base import DataModule
from recurra.data.frequent_ngrams import frequent_ngrams
from recurra.errors import ConfigError
from recurra.text.vectors import Vectors, read_vectors, width


def check_embedding(config: Mapping[str, Any]) -> None:
    """What can be said before any data is read.

    Raises:
        ConfigError: n-grams for a task that cannot know them.
        DataError: the file of pretrained vectors is missing or none.
    """
    if (path := config["embedding"].get("vectors")) is not None:
        width(path)
    if (n := config["embedding"].get("ngrams", 1)) > 1 and not of_task(config, "takes_ngrams"):
        raise ConfigError(
            f"embedding.ngrams={n}: this task asks for the tokens beside what it has read. N-grams would give some of "
            "them away, and others begin before what it reads. Give embedding.ngrams=1."
        )


def vectors(config: Mapping[str, Any], vocabulary: Sequence[str]) -> Vectors | None:
    """The pretrained vectors of the vocabulary and of what the task adds, if the configuration names a file of them."""
    path = config["embedding"].get("vectors")
    if path is not None and not vocabulary:
        raise ConfigError(f"embedding.vectors={path}: this data is no text, and has no words to look up. Leave it out.")
    return None if path is None else read_vectors(path, [*vocabulary, *of_task(config, "added_inputs")])


def ngrams(config: Mapping[str, Any], data: DataModule) -> Tensor | None:
    """(rows, n) the most frequent n-grams of the training split, if the configuration asks for any.

    Raises:
        ConfigError: this data is no text.
        DataError: there are none.
    """
    if (n := config["embedding"].get("ngrams", 1)) == 1:
        return None
    if "train" not in data.stores:
        raise ConfigError(f"embedding.ngrams={n}: this data is no text, whose n-grams could be counted. Leave it out.")
    return frequent_ngrams(data.stores["train"], n, config["embedding"]["ngram_rows"])
