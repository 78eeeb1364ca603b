"""Which columns hold the text and the label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from recurra.errors import DataError, did_you_mean

TEXT_NAMES = (
    "text", "sentence", "review", "content", "comment", "question", "document", "title",
    "body", "message", "tweet", "utterance", "query", "description", "文本", "内容", "评论", "句子",
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "class", "category", "target", "sentiment", "topic", "intent",
    "tag", "tags", "stars", "rating", "score", "标签", "类别", "情感",
)  # fmt: skip
"""Names by which columns are found, compared without case; one that stands earlier wins."""


@final
@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are read: one text or several, and the label, None if there is none."""

    text: tuple[str, ...]
    label: str | None


def choose_columns(
    columns: Sequence[str], text: str | list[str] | None, label: str | None, labelled: bool, where: str
) -> Columns:
    """The columns to read among those that there are; names that are not given are found.

    Found are, without case, the first of `TEXT_NAMES` and of `LABEL_NAMES`; where there are two columns and one of them
    is known, the other one is the other. A label that may be missing is never guessed from what is left over.

    Raises:
        DataError: a given column does not exist, or one could not be found.
    """
    given = [text] if isinstance(text, str) else text
    for name in [*(given or []), *([label] if label is not None and labelled else [])]:
        _check(name, columns, where)
    found_label = label if label in columns else None
    if label is None:
        found_label = _named(LABEL_NAMES, columns)
    texts = given or [name for name in [_named(TEXT_NAMES, columns)] if name is not None]
    if not texts and found_label is not None:
        texts = _only_other(columns, [found_label])
    if labelled and found_label is None:
        found_label = next(iter(_only_other(columns, texts)), None)
    if not texts or (labelled and found_label is None):
        lacking = [
            *([] if texts else ["the text (data.text=NAME)"]),
            *([] if found_label is not None or not labelled else ["the label (data.label=NAME)"]),
        ]
        raise DataError(
            f"{where}: it is not clear which column holds {' and which '.join(lacking)}. "
            f"The columns are: {', '.join(map(repr, columns))}. They must be named in the file."
        )
    return Columns(tuple(texts), found_label)


def _check(name: str, columns: Sequence[str], where: str) -> None:
    if columns.count(name) == 1:
        return
    listed = ", ".join(map(repr, columns))
    if name in columns:
        raise DataError(f"{where}: column {name!r} stands there {columns.count(name)} times: {listed}. Rename one.")
    raise DataError(f"{where}: there is no column {name!r}.{did_you_mean(name, columns)} The columns are: {listed}.")


def _named(names: Sequence[str], columns: Sequence[str]) -> str | None:
    known = {column.lower(): column for column in reversed(columns)}
    return next((known[name] for name in names if name in known), None)


def _only_other(columns: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The other one of two columns."""
    others = [column for column in columns if column not in taken]
    return others if len(columns) == 2 and len(others) == 1 else []
