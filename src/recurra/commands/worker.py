"""What the process of a job does, from its fork to its end."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import final

from recurra.commands.job_runner import JobRunner
from recurra.process import settle
from recurra.sweeps.fork_server import listen
from recurra.sweeps.launching import Job
from recurra.sweeps.slots import Slot

CONSOLE = "console.log"
"""In a run's folder: what it would have said on a terminal."""


@final
@dataclass(frozen=True)
class Work:
    """What a process does that was forked for a job."""

    runner: JobRunner

    def __call__(
        self, job: Job, slot: Slot, environment: dict[str, str], permission: Connection, answers: Connection
    ) -> None:
        """Does one job. Its folder is answered, then what Hydra returns of it.

        Args:
            environment: of the process that launches, at this moment.
            permission: this process ends when its other end is closed.

        Raises:
            SystemExit: it was interrupted.
        """

        def begins(folder: Path) -> None:
            answers.send(folder)
            _say_to(folder / CONSOLE)

        gc.freeze()  # collecting what the server has imported would copy all of its memory
        os.setsid()  # a terminal's Ctrl-C is the launcher's business, which then asks each job once
        multiprocessing.set_start_method(None, force=True)  # of what the run starts; it would be the server's
        os.environ.clear()
        os.environ.update(environment)
        _say_to(Path(os.devnull))
        try:
            listen()
            slot.occupy()
            settle()  # what is for libgomp the server has had in its environment
            threading.Thread(target=_follow, args=(permission,), daemon=True).start()
            answers.send(self.runner.run(job, begins))
        except KeyboardInterrupt:
            sys.exit(130)


def _say_to(file: Path) -> None:
    """Standard output and standard error, those of C libraries and other processes included."""
    target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(target, stream.fileno())
        stream.reconfigure(encoding="utf-8", line_buffering=True)  # type: ignore[union-attr]
    os.close(target)


def _follow(permission: Connection) -> None:
    """Ends this process and all that it has started when the one that launched it is gone, whatever ended that."""
    try:
        permission.recv_bytes()
    finally:
        os.killpg(0, signal.SIGKILL)
