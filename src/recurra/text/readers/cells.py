"""What stands in the cells of a row, as text and labels."""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from recurra.errors import DataError
from recurra.text.readers.columns import Columns
from recurra.types import Example


def example(
    row: Mapping[str, object], columns: Columns, separator: str | None, labelled: bool, name: str, line: int
) -> Example:
    """The example that a row is.

    An empty text cell is an empty text. Labels are read only if the row must have one. They lose the white space
    around them; an integral float becomes "1", a boolean "true". A list is several labels; so is a cell with
    separators in it.

    Raises:
        DataError: a cell holds what is no text or label, or the label is missing although the row must have one.
    """
    where = f"{name}:{line}"
    texts = [_scalar(row.get(column), column, where) or "" for column in columns.text]
    labels = _labels(row, columns.label, separator, where) if columns.label is not None and labelled else None
    if labels is None and labelled:
        raise DataError(
            f"{where}: the label is missing in column {columns.label!r}. Fill it in or remove the row. "
            "If rows may have several labels or none: data.label_separator='|', or what stands between them."
        )
    return Example("\n".join(texts), labels or (), name, line)


def _labels(row: Mapping[str, object], column: str, separator: str | None, where: str) -> tuple[str, ...] | None:
    """None if the label is missing; () if it is said that there is none."""
    cell = row.get(column)
    if isinstance(cell, list | tuple):
        parts = [_scalar(part, column, where) for part in cell]
        if any(part is None or not part.strip() for part in parts):
            raise DataError(f"{where}: one of the labels in column {column!r} is empty: {cell!r}. Remove or fill it.")
        return tuple(part.strip() for part in parts if part is not None)
    label = _scalar(cell, column, where)
    if label is None:
        return None
    if separator is not None:
        return tuple(part.strip() for part in label.split(separator) if part.strip())
    return (label.strip(),) if label.strip() else None


def _scalar(cell: object, column: str, where: str) -> str | None:
    """A single value as a string; None for a missing one."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, int | Decimal | date):
        return str(cell)
    raise DataError(
        f"{where}: column {column!r} holds a {type(cell).__name__}, expected a string, a number or a truth value, "
        "or for labels a list of them."
    )
