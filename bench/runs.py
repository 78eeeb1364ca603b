"""Runs, a process of one thread each, whose figures a file keeps."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from recurra.whole_file import whole_file

Figures = dict[str, Any]
"""What is kept of a run, `seconds` among it."""


class Runs:
    """As many at a time as there are cores. What the file holds is not run again, so that a bench can be interrupted.

    Args:
        file: JSON, the figures of each run by its name.
        do: does what is ordered, and says what is kept of it.

    Attributes:
        known: what the file holds.
    """

    def __init__(self, file: Path, do: Callable[[Sequence[str]], Figures]) -> None:
        self._file, self._do = file, do
        self.known: dict[str, Figures] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self._writing = Lock()

    def do(self, orders: Mapping[str, Sequence[str]]) -> dict[str, Figures]:
        """The figures of runs by their names, given their orders, such as overrides, by their names.

        The first mistake or Ctrl-C ends it.
        """
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            waiting = {name: pool.submit(self._of, name, order) for name, order in orders.items()}
            try:
                return {name: run.result() for name, run in waiting.items()}
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _of(self, name: str, order: Sequence[str]) -> Figures:
        """Those of a run that is known, or of one done now, which is then kept."""
        if name not in self.known:
            found = self._do(order)
            with self._writing:
                self.known[name] = found
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self._file) as draft:
                    draft.write_text(json.dumps(self.known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{name}: {found['seconds']:.0f} s", flush=True)
        return self.known[name]


def results(overrides: Sequence[str]) -> dict[str, Any]:
    """The results.json of one run of recurra-train, whose folder does not stay."""
    with tempfile.TemporaryDirectory() as folder:
        said("-m", "recurra.commands.train", *overrides, f"hydra.run.dir={folder}/run")
        found: dict[str, Any] = json.loads(Path(folder, "run", "results.json").read_text(encoding="utf-8"))
    return found


def said(*command: str) -> str:
    """What Python prints, with one thread; its failure ends this process with its reason."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *command], env=one_thread, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout
