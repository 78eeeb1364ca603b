"""Jobs in processes of their own, as many at once as there are slots."""

import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing import connection
from typing import final

from recurra.sweeps.job_process import JobProcess, Work
from recurra.sweeps.launching import NextJob
from recurra.sweeps.progress import Progress
from recurra.sweeps.slots import Slot

GRACE = 60.0
"""Seconds that a job has to write a checkpoint and end, once it is asked to; then it is killed."""
_TICK = 0.5  # seconds between looks at clocks


@final
class Processes:
    """Starts jobs as slots become free.

    Args:
        work: what the process of a job does.
        slots: of which each running job has one.
        progress: is told of all.
        time_limit: minutes of a job.
    """

    def __init__(self, work: Work, slots: Sequence[Slot], progress: Progress, time_limit: float | None) -> None:
        self._work = work
        self._free = list(slots)
        self._progress = progress
        self._limit = time_limit
        self._running: list[JobProcess] = []

    def stream(self, next_job: NextJob) -> Iterator[JobProcess]:
        """Each job that has ended, until `next_job` gives none and none is left.

        Closing it asks those that run to end, and waits; a second Ctrl-C kills them.
        """
        with self._progress:
            try:
                while True:
                    while self._free and (job := next_job()) is not None:
                        self._running.append(JobProcess(job, self._free.pop(0), self._work))
                        self._progress.started(self._running[-1])
                    if not self._running:
                        return
                    yield from self._ended()
            finally:
                self._end()

    def _end(self) -> None:
        """Asks all to end and waits; those that are left when this is interrupted are killed."""
        try:
            for each in self._running:
                if not each.is_asked_to_end:
                    # Not by SIGINT: whoever ends a machine sends all of its processes a SIGTERM, and a run that then
                    # gets a SIGINT takes it for a person who does not want to wait for a checkpoint.
                    each.stop(signal.SIGTERM, GRACE)
            if self._running:
                self._progress.stopping(len(self._running))
            while self._running:
                for _ in self._ended():
                    pass
        finally:
            for each in self._running:
                each.kill()
                each.close()

    def _ended(self) -> Iterator[JobProcess]:
        """Those that have ended, after waiting a moment for it."""
        self._progress.show(self._running)
        connection.wait([what for each in self._running for what in each.waited_for], _TICK)
        for each in list(self._running):
            if each.has_ended():
                self._running.remove(each)
                each.close()
                self._free.append(each.slot)
                self._progress.ended(each)
                yield each
            elif each.is_asked_to_end:
                each.insist()
            elif self._limit is not None and time.monotonic() > each.began + 60 * self._limit:
                each.stop(signal.SIGTERM, GRACE, f"time limit of {self._limit:g} minutes")
