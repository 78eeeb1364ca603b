"""Running text in three splits: the first part of it to train on, what follows to validate and test on."""

from collections.abc import Sequence
from dataclasses import replace

from recurra.errors import ConfigError, DataError
from recurra.text.corpus import Corpus
from recurra.text.sources.base import Source
from recurra.types import Example


def divide(
    source: Source,
    *,
    validation_share: float = 0.1,
    test_share: float = 0.1,
    folds: int | None = None,
    fold: int | None = None,
) -> Corpus:
    """Cuts the splits that the source does not give off the end of its training text, by characters.

    The text is left as it stands: nothing is repeated in it by mistake, and its order means something.

    Args:
        source: where the texts come from.
        validation_share: of the training text's characters, before those of the test.
        test_share: of the training text's characters, at its end.
        folds, fold: not for running text.

    Raises:
        ConfigError: shares that leave nothing to train on; folds.
        DataError: the text is too short to be divided.
    """
    if folds is not None or fold is not None:
        raise ConfigError("data.folds divides rows, and running text has none. Leave data.folds and data.fold out.")
    if validation_share + test_share >= 1:
        raise ConfigError(
            f"validation_share={validation_share} and test_share={test_share} leave nothing to train on. "
            "Their sum must be below 1."
        )
    splits = dict(source.splits())
    characters = sum(len(text.text) for text in splits["train"])
    for split, share in (("test", test_share), ("validation", validation_share)):
        if split not in splits:
            kept = sum(len(text.text) for text in splits["train"]) - round(share * characters)
            splits["train"], splits[split] = _cut(splits["train"], kept)
            if share and not splits[split]:
                raise DataError(f"{source.name}: {characters} characters are too few for data.{split}_share={share}.")
    if not splits["train"]:
        raise DataError(f"{source.name}: {characters} characters are too few to be divided. Give more text.")
    ordered = {split: splits[split] for split in ("train", "validation", "test")}
    return Corpus(source.name, ordered, {}, 0, [])


def _cut(texts: Sequence[Example], characters: int) -> tuple[list[Example], list[Example]]:
    """The first so many characters, and the others; a text over the border is divided."""
    before: list[Example] = []
    for number, text in enumerate(texts):
        if len(text.text) > characters:
            parts = [replace(text, text=part) for part in (text.text[:characters], text.text[characters:])]
            return [*before, *(part for part in parts[:1] if part.text)], [parts[1], *texts[number + 1 :]]
        before.append(text)
        characters -= len(text.text)
    return before, []
