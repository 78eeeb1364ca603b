"""The tables of bench/accuracy.py as they stand in docs/."""

from collections.abc import Sequence

from accuracy_standing import Standing
from table import markdown


def pages(tables: Sequence[Sequence[Standing]], last: str) -> dict[str, str]:
    """Markdown by the name of its file: a table each, and one of all accuracies, a row a model, a column a data set."""
    every = {own[0].data: _page([each.told() for each in own]) for own in tables}
    by_model: dict[str, dict[str, str]] = {}
    for own in tables:
        for each in own:
            by_model.setdefault(each.model, {})[each.data] = each.told()[f"{last}/accuracy"]
    sets = list(dict.fromkeys(name for row in by_model.values() for name in row))
    rows = [[f"`{model}`", *(row.get(name, "") for name in sets)] for model, row in by_model.items()]
    return {"summary": markdown(["", *sets], rows), **every}


def _page(rows: Sequence[dict[str, str]]) -> str:
    columns = [name for name in rows[0] if name != "model"]
    lines = [[f"`{row['model']}`", *(row[name] for name in columns)] for row in rows]
    return markdown(["", *(f"`{name}`" for name in columns)], lines)
