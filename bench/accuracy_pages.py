"""The tables of bench/accuracy.py as they stand in docs/."""

from collections.abc import Mapping, Sequence
from itertools import chain

from accuracy_standing import PEERS, Standing
from table import markdown

Told = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By data set and model, what is told of it."""


def pages(tables: Sequence[Sequence[Standing]], last: str) -> dict[str, str]:
    """Markdown by the name of its file: all that is known of a data set, a table each; and over all sets, a column
    each, the accuracies (`summary`) and the differences to each peer (`minus_tfidf`)."""
    told = {own[0].data: {each.model: each.told() for each in own} for own in tables}
    over_sets = {"summary": f"{last}/accuracy", **{f"minus_{peer}": f"- {peer}" for peer in PEERS}}
    found = {name: _by_model(told, column) for name, column in over_sets.items()}
    every = {data: _of_set(own, last) for data, own in told.items()}
    return {name: markdown(["", *told], rows) for name, rows in found.items() if rows} | every


def _by_model(told: Told, column: str) -> list[list[str]]:
    """A row a model that has the figure on any set."""
    rows = {
        model: [own.get(model, {}).get(column, "").replace(", ", ",\N{NO-BREAK SPACE}") for own in told.values()]
        for model in dict.fromkeys(chain.from_iterable(told.values()))
    }
    return [[f"`{model}`", *row] for model, row in rows.items() if any(row)]


def _of_set(own: Mapping[str, Mapping[str, str]], last: str) -> str:
    """The differences have tables of their own; of a validation beside a test the accuracy is enough."""
    scores = dict.fromkeys(("validation/accuracy", f"{last}/accuracy", f"{last}/f1_macro"))
    columns = ["runs", *scores, "binomial", "seconds", "parameters"]
    lines = [[f"`{model}`", *(row[name] for name in columns)] for model, row in own.items()]
    return markdown(["", *(name.replace("/", " ") for name in columns)], lines)
