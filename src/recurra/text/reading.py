"""From a source to its corpus, whichever kind of text it is."""

from typing import Any

from recurra.errors import ConfigError
from recurra.text.corpus import Corpus, prepare
from recurra.text.running import divide
from recurra.text.sources.base import Source
from recurra.text.unlabelled import Unlabelled

_OF_RUNNING = ("validation_share", "test_share", "folds", "fold")


def read(source: Source, splitting: dict[str, Any], unlabelled: Unlabelled | None = None) -> Corpus:
    """All splits; running text is divided, rows are cleaned and dealt out, and others may join those to train on.

    Args:
        splitting: what `prepare` takes beside the source.
        unlabelled: the texts that join.

    Raises:
        ConfigError: texts are to join that cannot; no row is left for a split that is needed; see `prepare` and
            `divide`.
        DataError: see there.
    """
    if unlabelled is not None and splitting["labelled"]:
        raise ConfigError(
            "data.unlabelled: this task learns from labels, which these texts lack. Give them to "
            "task=two_way_language_model, then begin with what it knows: init_from=CHECKPOINT tokenizer=checkpoint."
        )
    if unlabelled is not None and source.running:
        raise ConfigError(
            f"data.unlabelled: {source.name} is running text, which has no labels anyway. Give all of it as "
            "data.train=[FILE,MORE]."
        )
    if source.running:
        corpus = divide(source, **{name: splitting[name] for name in _OF_RUNNING})
    else:
        corpus = prepare(source, **splitting)
    needed = ["train", "validation", *(["test"] if splitting["test_share"] else [])]
    if small := [split for split in needed if not corpus.splits[split]]:
        raise ConfigError(
            f"No row is left for {' and '.join(small)}: {corpus.name} has "
            f"{sum(map(len, corpus.splits.values()))} rows. Give more rows, larger data.validation_share and "
            "data.test_share, or files of their own (data.validation=, data.test=)."
        )
    return corpus if unlabelled is None else unlabelled.join(corpus)
