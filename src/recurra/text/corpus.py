"""A corpus ready to learn from: cleaned, and in three splits."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

from recurra.errors import ConfigError, DataError
from recurra.text.sources.base import Source
from recurra.text.splitting import Strata, check_folds, keep_learnable, label_key
from recurra.types import Example

REPEATED, CONFLICTING, EMPTY = "repeated text", "two different labels", "empty text"
NAMED = 5  # so many classes are named in a note


@final
@dataclass(frozen=True)
class Corpus:
    """Splits and what was done to obtain them.

    Attributes:
        name: that of the source.
        splits: the rows of train, validation and test, each in the order of the source.
        dropped: how many rows of the training file were left out, for each reason.
        leaked: how many texts of a test split that the source gave stand in train, too; they are not removed.
        notes: sentences for the user.
    """

    name: str
    splits: dict[str, list[Example]]
    dropped: dict[str, int]
    leaked: int
    notes: list[str]

    @property
    def labelled(self) -> bool:
        """Whether any row of training has a label."""
        return any(row.labels for row in self.splits["train"])

    def fingerprint(self) -> str:
        """A hash of every text and label of every split, in their order: equal for equal splits alone."""
        digest = hashlib.sha256()
        for split, rows in self.splits.items():
            for part in (split, *(part for row in rows for part in (row.text, "\0".join(row.labels)))):
                encoded = part.encode("utf-8", "surrogatepass")
                digest.update(len(encoded).to_bytes(8, "little") + encoded)
        return digest.hexdigest()


def prepare(
    source: Source,
    *,
    conflicting: Literal["drop", "keep"] = "drop",
    validation_share: float = 0.1,
    test_share: float = 0.1,
    split_seed: int = 0,
    folds: int | None = None,
    fold: int | None = None,
    stratified: bool = True,
    labelled: bool = True,
) -> Corpus:
    """Cleans the training rows of a source, then cuts from them the splits that the source does not give.

    Two texts are the same if they are so after white space is normalised. Cleaning comes before splitting, so that no
    text is in two splits that were cut here. Splits that the source gives are never touched.

    Args:
        source: where the rows come from.
        conflicting: a text that stands under different labels is left out ("drop"), or stays once under each ("keep").
        validation_share: of the training rows, or of those outside the test fold.
        test_share: of the training rows; unused with folds.
        split_seed: of the random order in which rows are divided; nothing else influences it.
        folds: cross-validation: into how many parts the training rows are divided, of which one is the test split.
        fold: which one, from 0.
        stratified: whether each label gets its fair share of every split; numbers to regress have none.
        labelled: whether there must be labels, and several.

    Raises:
        ConfigError: shares that leave nothing to train on; folds and fold that do not fit together, or a given test.
        DataError: no rows are left, or where there must be labels, all have the same.
    """
    if folds is None and validation_share + test_share >= 1:
        raise ConfigError(
            f"validation_share={validation_share} and test_share={test_share} leave nothing to train on. "
            "Their sum must be below 1."
        )
    given = _splits(source, labelled)
    rows, dropped = _cleaned(given["train"], conflicting, source.tagged)
    _check_rows(rows, dropped, source.name, source.tagged, labelled)
    check_folds(folds, fold, len(rows), "test" in given)
    strata = Strata(rows, split_seed, stratified=stratified)
    cut: dict[str, list[int]] = {}
    whole = len(rows)
    if folds is not None and fold is not None:
        cut["test"] = strata.deal(folds, fold)
        whole -= len(cut["test"])
    elif "test" not in given:
        cut["test"] = strata.take(_count(test_share, whole))
    if "validation" not in given:
        cut["validation"] = strata.take(_count(validation_share, whole))
    cut["train"] = strata.rest
    moved = 0 if strata.pooled else keep_learnable(rows, cut)
    splits = {
        split: [rows[index] for index in cut[split]] if split in cut else given[split]
        for split in ("train", "validation", "test")
    }
    leaked = len(_texts(given.get("test", [])) & _texts(splits["train"]))
    return Corpus(source.name, splits, dropped, leaked, _notes(dropped, leaked, strata, moved))


def _splits(source: Source, labelled: bool) -> dict[str, list[Example]]:
    """With labels even where there need be none, so that the splits are the same whatever is asked."""
    try:
        return source.splits()
    except DataError:
        if labelled:
            raise
    return source.splits(labelled=False)


def _count(share: float, rows: int) -> int:
    """One row at least, unless none is wanted."""
    return max(1, round(share * rows)) if share > 0 else 0


def normal(text: str) -> str:
    """A text with its white space normalised, by which texts are compared."""
    return " ".join(text.split())


def _texts(rows: Sequence[Example]) -> set[str]:
    return {normal(row.text) for row in rows}


def _cleaned(rows: Sequence[Example], conflicting: str, tagged: bool) -> tuple[list[Example], dict[str, int]]:
    # Of tags the order matters.
    entries = [(normal(row.text), row.labels if tagged else label_key(row)) for row in rows]
    keys: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for text, key in entries:
        keys[text].add(key)
    kept: list[Example] = []
    dropped = {REPEATED: 0, CONFLICTING: 0, EMPTY: 0}
    seen = set()
    for entry, row in zip(entries, rows, strict=True):
        if not entry[0]:
            dropped[EMPTY] += 1
        elif conflicting == "drop" and len(keys[entry[0]]) > 1:
            dropped[CONFLICTING] += 1
        elif entry in seen:
            dropped[REPEATED] += 1
        else:
            seen.add(entry)
            kept.append(row)
    return kept, dropped


def _check_rows(rows: Sequence[Example], dropped: dict[str, int], name: str, tagged: bool, labelled: bool) -> None:
    if not rows:
        reasons = ", ".join(f"{count} {reason}" for reason, count in dropped.items())
        raise DataError(f"{name}: no training rows are left ({reasons}). Give more rows, or data.conflicting=keep.")
    keys = {(tag,) for row in rows for tag in row.labels} if tagged else {label_key(row) for row in rows}
    if labelled and len(keys) == 1 and () not in keys:
        raise DataError(
            f"{name}: all {len(rows)} training rows have the label {', '.join(*keys)!r}, expected two classes or more. "
            "Is data.label the right column?"
        )


def _notes(dropped: dict[str, int], leaked: int, strata: Strata, moved: int) -> list[str]:
    notes = []
    if left_out := [f"{count} ({reason})" for reason, count in dropped.items() if count]:
        notes.append(f"Rows of the training split that were left out: {', '.join(left_out)}.")
    if leaked:
        notes.append(f"Texts of the given test split that stand in train, too: {leaked}; its figures flatter.")
    if strata.single and strata.pooled:
        notes.append("Most labels occur only once, so that rows were divided at random, not class by class.")
    elif strata.single:
        named = ", ".join(map(repr, strata.single[:NAMED]))
        more = f" and {len(strata.single) - NAMED} more" if len(strata.single) > NAMED else ""
        notes.append(f"Labels of a single row, which stays in train: {named}{more}.")
    if moved:
        notes.append(f"Rows that stay in train, since no other row there has their labels: {moved}.")
    return notes
