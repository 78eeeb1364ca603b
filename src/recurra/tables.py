"""Tables for a person, as text."""

from io import StringIO
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

_COUNTED = ("rows", "steps", "tokens", "characters")


def text(table: Table, width: int = 160) -> str:
    """A table as plain lines, as wide as it needs, and no wider than `width` characters."""
    console = Console(file=StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False)
    console.print(table)
    drawn = str(console.file.getvalue())  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in drawn.splitlines()).strip("\n")


def scores(figures: dict[str, Any], title: str) -> str:
    """The scores of one split, and a row for each class if they were counted class by class.

    Args:
        figures: `validation` or `test` of results.json.
    """
    told = "  ".join(f"{n} {value:.4f}" for n, value in figures.items() if n not in (*_COUNTED, "per_class"))
    title += ": " + ", ".join(f"{figures[name]} {name}" for name in _COUNTED if name in figures)
    if not figures["per_class"]:
        return f"{title}\n{told}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, caption=told)
    table.caption_justify = "left"
    table.add_column("class")
    for name in ("precision", "recall", "f1", "support"):
        table.add_column(name, justify="right")
    for row in figures["per_class"]:
        table.add_row(
            row["label"], *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")), str(row["support"])
        )
    return text(table)


def cut(word: str, room: int) -> str:
    """A word's beginning, where it has more characters than there is room for."""
    return word if len(word) <= room else f"{word[: room - 3]}..."
