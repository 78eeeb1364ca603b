"""The tables of bench/accuracy.py as they stand in docs/."""

from collections.abc import Sequence

from accuracy_standing import PEERS, Standing
from table import markdown


def pages(tables: Sequence[Sequence[Standing]], last: str) -> dict[str, str]:
    """Markdown by the name of its file: all that is known of a data set, a table each; and over all sets, a column
    each, the accuracies (`summary`) and the differences to each peer (`minus_tfidf`)."""
    over_sets = {"summary": f"{last}/accuracy", **{f"minus_{peer}": f"- {peer}" for peer in PEERS}}
    sets = [own[0].data for own in tables]
    found = {name: _by_model(tables, column, sets) for name, column in over_sets.items()}
    every = {own[0].data: _of_set([each.told() for each in own], last) for own in tables}
    return {name: markdown(["", *sets], rows) for name, rows in found.items() if rows} | every


def _by_model(tables: Sequence[Sequence[Standing]], column: str, sets: Sequence[str]) -> list[list[str]]:
    """A row a model that has the figure on any set."""
    told = {
        (each.model, each.data): each.told()[column].replace(", ", ",\N{NO-BREAK SPACE}")
        for own in tables
        for each in own
    }
    models = dict.fromkeys(model for model, _ in told)
    rows = {model: [told.get((model, name), "") for name in sets] for model in models}
    return [[f"`{model}`", *row] for model, row in rows.items() if any(row)]


def _of_set(rows: Sequence[dict[str, str]], last: str) -> str:
    """Without the differences, which have tables of their own; of a validation beside a test the accuracy is enough."""
    beside = {f"- {peer}" for peer in PEERS} | ({"validation/f1_macro"} - {f"{last}/f1_macro"})
    columns = [name for name in rows[0] if name != "model" and name not in beside]
    lines = [[f"`{row['model']}`", *(row[name] for name in columns)] for row in rows]
    return markdown(["", *(name.replace("/", " ") for name in columns)], lines)
