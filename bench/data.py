"""From a CSV file to a token store: tokens a second, and memory. `make bench-data`.

Each size runs in a process of its own with an empty cache, so that its peak memory is its own. Three times are told:
reading and splitting the file, tokenizing all of it, and opening what the cache holds already, as the second run does.
The limit beside them is the tokenizer's own: `str.split` on the same texts, the least that any tokenizer does.
"""

import csv
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from table import show
from workload import CLASSES, config, texts

from recurra import build

SIZES = (10_000, 100_000, 1_000_000)  # documents
ROUNDS = {10_000: 5, 100_000: 5, 1_000_000: 1}  # the largest shows whether time and memory grow in proportion
MIB = 2**20


def write(path: Path, rows: int) -> None:
    """A CSV file of random texts."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", "text"])
        writer.writerows((row % CLASSES, text) for row, text in enumerate(texts(rows)))


def peak() -> int:
    """Most memory that this program has had, in bytes; `ru_maxrss` would also count the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure(path: str) -> dict[str, Any]:
    """Times and memory of this process for a file."""
    settings = config("data=csv", f"data.train={path}")
    before = peak()
    began = time.perf_counter()
    data = build.datamodule(settings)
    splits = data.corpus.splits
    read = time.perf_counter()
    data.fit_tokenizer(build.recipe(settings))
    tokens = sum(int(store.lengths.sum()) for store in data.stores.values())
    stored = time.perf_counter()
    memory = peak() - before
    again = build.datamodule(settings)
    again.fit_tokenizer(build.recipe(settings))
    reopened = time.perf_counter()
    for split in splits.values():
        for example in split:
            example.text.split()
    divided = time.perf_counter()
    return {
        "tokens": tokens,
        "read": read - began,
        "store": stored - read,
        "again": reopened - stored,
        "split": divided - reopened,
        "memory": memory,
    }


def in_own_process(path: Path) -> dict[str, Any]:
    """`measure` with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["RECURRA_CACHE"] = cache
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found: dict[str, Any] = pool.apply(measure, (str(path),))
    return found


def main() -> None:
    """One table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = Path(folder) / f"{size}.csv"
            write(path, size)
            rounds = [in_own_process(path) for _ in range(ROUNDS[size])]
            middle = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
            rows.append(
                {
                    "documents": f"{size:,}",
                    "tokens": f"{middle['tokens']:,.0f}",
                    "file to store, tokens/s": int(middle["tokens"] / (middle["read"] + middle["store"])),
                    "text to store, tokens/s": int(middle["tokens"] / middle["store"]),
                    "read, s": middle["read"],
                    "tokenize, s": middle["store"],
                    "second run, s": middle["again"],
                    "str.split alone, s": middle["split"],
                    "memory, MiB": int(middle["memory"] / MIB),
                    "bytes a token": middle["memory"] / middle["tokens"],
                }
            )
            print(json.dumps(rows[-1]), file=sys.stderr)
    show("data", f"Text to token store, {os.cpu_count()} cores; medians", rows)


if __name__ == "__main__":
    main()
