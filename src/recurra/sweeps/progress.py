"""How the jobs of a sweep stand, for a person who watches, or for a file."""

import os
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import final

from rich import box, get_console
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from recurra.journal import interactive
from recurra.results import found
from recurra.sweeps.job_process import JobProcess
from recurra.sweeps.launching import Job

_TAIL = 4096  # bytes; no line that is said in training is longer


class Progress(ABC):
    """Hears of jobs as they start and end; a line is said of each that has ended.

    Args:
        told: what is typed for a job and not for all of them.
    """

    def __init__(self, told: Callable[[Job], str]) -> None:
        self._told = told
        self._ended: Counter[str] = Counter()
        self._waiting = 0
        self._best: tuple[float, str] | None = None

    @abstractmethod
    def __enter__(self) -> "Progress": ...

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    def started(self, process: JobProcess) -> None:
        """A job has started."""
        self._waiting = process.job.waiting

    def ended(self, process: JobProcess) -> None:
        """A job has ended."""
        results = None if process.folder is None else found(process.folder)
        status = "finished" if process.reason is None else "failed"
        if results is not None and (status == "finished" or results.status in ("finished", "pruned")):
            status = results.status
        self._ended[status] += 1
        parts = [f"job {process.job.number} {status} after {_clock(time.monotonic() - process.began)}"]
        if results is not None and status == "finished" and results.monitor:
            score = f"val {results.monitor} {results.score:.4f}"
            sign = 1 if results.mode == "max" else -1
            if results.score == results.score and (self._best is None or sign * results.score > self._best[0]):
                self._best = (sign * results.score, f"job {process.job.number}, {score}")
            parts.append(score)
        self.say("  ".join([*parts, self._told(process.job)]).rstrip())

    @abstractmethod
    def show(self, running: Sequence[JobProcess]) -> None:
        """How they stand at this moment."""

    def stopping(self, number: int) -> None:
        """So many have been asked to end."""
        self.say(f"waiting for {number} jobs to write their checkpoints; Ctrl-C once more kills them")

    def say(self, line: str) -> None:
        """One line for good."""
        get_console().print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def _summary(self) -> str:
        """One line for all."""
        counts = {"done": self._ended["finished"], **self._ended, "waiting": self._waiting}
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if name != "finished" and count)
        return f"{told or 'none has ended'}{f'; best so far: {self._best[1]}' if self._best else ''}"


@final
class LiveTable(Progress):
    """A row for each job that runs, below what is said for good."""

    def __init__(self, told: Callable[[Job], str]) -> None:
        super().__init__(told)
        self._live = Live(console=get_console(), auto_refresh=False, transient=True)

    def __enter__(self) -> "LiveTable":
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """The table is taken away; what was said stays."""
        self._live.stop()

    def show(self, running: Sequence[JobProcess]) -> None:
        """Draws the table anew."""
        table = Table(box=box.SIMPLE_HEAD, expand=True)
        table.add_column("job", justify="right", no_wrap=True)
        table.add_column("what differs", max_width=48, no_wrap=True, overflow="ellipsis")
        table.add_column("time", justify="right", no_wrap=True)
        table.add_column("says", ratio=1, no_wrap=True, overflow="ellipsis")
        for process in sorted(running, key=lambda each: each.job.number):
            cells = (self._told(process.job), _clock(time.monotonic() - process.began), _last_words(process.folder))
            table.add_row(str(process.job.number), *(Text(cell) for cell in cells))
        self._live.update(Group(table, Text(f"  {self._summary()}\n")), refresh=True)


@final
class Lines(Progress):
    """A line when a job starts and one when it has ended."""

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *error: object) -> None:
        """All is said."""

    def started(self, process: JobProcess) -> None:
        """Says so."""
        super().started(process)
        self.say(f"job {process.job.number} started  {self._told(process.job)}".rstrip())

    def show(self, running: Sequence[JobProcess]) -> None:
        """Nothing."""


def progress(told: Callable[[Job], str]) -> Progress:
    """A table for a person, lines for a file."""
    return LiveTable(told) if interactive() else Lines(told)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes}:{seconds:02d}"


def _last_words(folder: Path | None) -> str:
    """The last line that the run itself said, without its time."""
    if folder is None:
        return "begins"
    with suppress(OSError), open(folder / "train.log", "rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL))
        for line in reversed(log.read().decode("utf-8", "replace").splitlines()):
            if (said := line.partition(" recurra: ")[2]) and not said.startswith("data: "):
                return said
    return ""
