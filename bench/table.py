"""What every bench ends with: one table, and the same figures as JSON under outputs/bench/."""

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from recurra.tables import text

OUTPUTS = Path(__file__).parent.parent / "outputs" / "bench"
WIDTH = 240  # characters of a line at most


def show(name: str, title: str, rows: list[dict[str, Any]]) -> None:
    """Prints the rows, whose keys are the columns, and writes outputs/bench/<name>.json."""
    drawn(title, rows)
    write(name, title, rows)


def drawn(title: str, rows: list[dict[str, Any]]) -> None:
    """Prints the rows, whose keys are the columns; no figure is cut where the terminal is narrow."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in rows[0]:
        table.add_column(column, justify="left" if isinstance(rows[0][column], str) else "right")
    for row in rows:
        table.add_row(*(f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values()))
    print(f"\n{text(table, WIDTH)}\n")


def write(name: str, title: str, rows: list[dict[str, Any]]) -> None:
    """Writes outputs/bench/<name>.json."""
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    figures = {"title": title, "machine": platform.machine(), "python": platform.python_version(), "rows": rows}
    (OUTPUTS / f"{name}.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Rows as a table for a page; numbers stand to the right, and what the first `left` columns say, to the left."""
    aligned = [":--" if place < left else "--:" for place in range(len(columns))]
    return "".join(f"| {' | '.join(line)} |\n" for line in (columns, aligned, *rows))


def write_pages(folder: Path | None, pages: Mapping[str, str]) -> None:
    """Writes Markdown by its name into a folder that may not be there yet; nothing where none is asked for."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
