"""From a source to its corpus, whichever kind of text it is."""

from typing import Any

from recurra.errors import ConfigError
from recurra.text.corpus import Corpus, prepare
from recurra.text.running import divide
from recurra.text.sources.base import Source

_OF_RUNNING = ("validation_share", "test_share", "folds", "fold")


def read(source: Source, splitting: dict[str, Any]) -> Corpus:
    """All splits; running text is divided, rows are cleaned and dealt out.

    Args:
        splitting: what `prepare` takes beside the source.

    Raises:
        ConfigError: no row is left for a split that is needed; see `prepare` and `divide`.
        DataError: see there.
    """
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
    return corpus
