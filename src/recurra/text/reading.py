"""From a source to a corpus, whatever its texts are."""

from typing import Any

from recurra.errors import ConfigError
from recurra.text.corpus import Corpus, prepare
from recurra.text.running import divide
from recurra.text.sources import Source
from recurra.text.unlabelled import Unlabelled

_OF_RUNNING_TEXT = ("validation_share", "test_share", "folds", "fold")


def read_corpus(source: Source, unlabelled: Unlabelled | None, splitting: dict[str, Any]) -> Corpus:
    """Running text cut in parts, or rows cleaned, divided and joined by others to train on.

    Args:
        source: where the texts come from.
        unlabelled: more texts to train on.
        splitting: the arguments of `prepare`, some of which are those of `divide`.

    Raises:
        ConfigError: a split that is needed would have no row; unlabelled texts beside running text.
        DataError: something cannot be read.
    """
    if source.running and unlabelled is not None:
        raise ConfigError(
            f"data.unlabelled: {source.name} is running text, which has no labels anyway. Give all of it as "
            "data.train=[FILE,MORE]."
        )
    if source.running:
        corpus = divide(source, **{name: splitting[name] for name in _OF_RUNNING_TEXT})
    else:
        corpus = prepare(source, **splitting)
    needed = ["train", "validation", *(["test"] if splitting["test_share"] else [])]
    small = [split for split in needed if not corpus.splits[split]]
    if small:
        raise ConfigError(
            f"No row is left for {' and '.join(small)}: {corpus.name} has "
            f"{sum(map(len, corpus.splits.values()))} rows. Give more rows, larger data.validation_share and "
            "data.test_share, or files of their own (data.validation=, data.test=)."
        )
    return corpus if unlabelled is None else unlabelled.join(corpus)
