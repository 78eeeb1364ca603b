"""`recurra report`: runs beside each other, as a page, a table, or JSON."""

import argparse
import json
import os
import sys
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
    """Writes the page, or prints; 1 where no run can be compared."""
    output = Path(asked.output)
    if not (asked.table or asked.json):
        _check(output)
    from recurra.report.report import finite, report
    from recurra.report.table import table

    found = report(map(Path, asked.paths))
    if asked.json:
        print(json.dumps(finite(found.plain()), indent=2))
    elif asked.table or not found.runs:
        print(table(found))
    else:
        from recurra.report.page import write_page

        output.parent.mkdir(parents=True, exist_ok=True)
        write_page(found, output, asked.language)
        runs = "1 run" if found.runs == 1 else f"{found.runs} runs"
        one = len(found.left) == 1
        left = f", {len(found.left)} {'is' if one else 'are'} not, and listed there" if found.left else ""
        size = output.stat().st_size / 1e6
        print(f"{os.path.relpath(output)}: {runs} compared{left}; {size:.1f} MB, opens without a network")
    if not found.runs:
        print("error: none of these runs can be compared: each stands above with the reason", file=sys.stderr)
        return 1
    return 0


def _check(output: Path) -> None:
    """Raises ConfigError where no page can be written, or something else would be lost by it."""
    if output.suffix not in (".html", ".htm"):
        raise ConfigError(f"--output {output}: the report is a page. Give a name that ends with .html.")
    if output.is_dir():
        raise ConfigError(f"--output {output}: this is a folder. Give a name in it, such as {output / 'report.html'}.")
    above = next(folder for folder in output.absolute().parents if folder.exists())
    if not above.is_dir():
        raise ConfigError(f"--output {output}: {above} is a file, not a folder. Give a name in a folder.")
    from recurra.report.page import is_page

    if output.exists() and not is_page(output):
        raise ConfigError(f"--output {output}: this file is no report and stays as it is. Give another name.")
