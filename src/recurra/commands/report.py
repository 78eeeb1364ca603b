"""`recurra report`: runs beside each other, as a page, a table, or JSON."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from recurra.errors import ConfigError


def add_to(verbs: Any) -> None:
    """Adds the verb to the parser."""
    parser = verbs.add_parser(
        "report",
        help="compare runs: a page that needs no network, a table, or JSON",
        description="recurra report outputs/2026-11-26   or   recurra report SWEEP RUN --table",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="folders of runs or sweeps, or some above them")
    parser.add_argument("--output", metavar="FILE", default="report.html", help="of the page (report.html)")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of the page")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--table", action="store_true", help="print the leader table, and write no page")
    told.add_argument("--json", action="store_true", help="print all figures as JSON, and write no page")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Writes the page, or prints."""
    output = Path(asked.output)
    if output.suffix not in (".html", ".htm"):
        raise ConfigError(f"--output {output}: the report is a page. Give a name that ends with .html.")
    from recurra.report.report import finite, report
    from recurra.report.table import table

    found = report(map(Path, asked.paths))
    if asked.json:
        print(json.dumps(finite(found.plain()), ensure_ascii=False, indent=2))
    elif asked.table:
        print(table(found))
    else:
        from recurra.report.page import write_page

        output.parent.mkdir(parents=True, exist_ok=True)
        write_page(found, output, asked.language)
        left = f", {len(found.left)} are not compared and listed with the reason" if found.left else ""
        size = output.stat().st_size / 1e6
        print(f"{os.path.relpath(output)}: {found.runs} runs compared{left}; {size:.1f} MB, opens without a network")
    return 0
