"""One job in a process of its own, seen from the process that launched it."""

import os
import signal
import time
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path
from typing import Any, Protocol, final

from hydra.core.utils import JobReturn

from recurra.sweeps.fork_server import fork
from recurra.sweeps.launching import Job, reason
from recurra.sweeps.slots import Slot

_UNKNOWN = 255  # what multiprocessing says where the server, which alone could know, is gone
_INTERRUPTED = 130


class Work(Protocol):
    """What is done in the process: a job in a slot, in an environment, while the first pipe is open.

    Through the second it tells the job's folder, and then what Hydra returns of it.
    """

    def __call__(
        self,
        job: Job,
        slot: Slot,
        environment: dict[str, str],
        permission: connection.Connection,
        answers: connection.Connection,
    ) -> None: ...


@final
class JobProcess:
    """A job that has been started.

    Attributes:
        began: when, in seconds of `time.monotonic`.
        folder: of its run, as soon as it has told.
        returned: what Hydra returns of it, if it came to that.
        stopped: why it is to end before its time.
    """

    def __init__(self, job: Job, slot: Slot, work: Work) -> None:
        self.job = job
        self.slot = slot
        self.folder: Path | None = None
        self.returned: JobReturn | None = None
        self.stopped: str | None = None
        self._deadline: float | None = None
        permission, self._permission = connection.Pipe(duplex=False)
        self._answers, answers = connection.Pipe(duplex=False)
        self._silent = False
        try:
            self._process = fork(work, job, slot, dict(os.environ), permission, answers)
        except BaseException:
            self._permission.close()  # should it have begun, it ends
            raise
        finally:
            permission.close()
            answers.close()
        self.began = time.monotonic()  # the first one has waited for the server to have imported all

    @property
    def waited_for(self) -> list[Any]:
        """For `multiprocessing.connection.wait`: its answers and its end."""
        return [self._process.sentinel, *([] if self._silent else [self._answers])]

    def has_ended(self) -> bool:
        """Whether it has; what it has answered by now is taken."""
        self._listen()
        if not connection.wait([self._process.sentinel], 0):
            return False
        self._listen()  # to what came between these two
        if self._process.exitcode != 0:
            self.kill()  # what it may have left
        return True

    def close(self) -> None:
        """Lets go of it; if it has not ended, it does so now."""
        self._permission.close()
        self._answers.close()
        self._process.join()

    def stop(self, signum: signal.Signals, grace: float, reason: str | None = None) -> None:
        """Asks it to end; after `grace` seconds `insist` kills it."""
        self.stopped = self.stopped or reason
        self._deadline = time.monotonic() + grace
        self._send(signum)

    def insist(self) -> None:
        """Kills it, if it was asked to end and has had its time."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            self.kill()

    def kill(self) -> None:
        """Ends it at once, and what it has started: ranks of its run, processes that assemble batches."""
        try:
            os.killpg(self._pid, signal.SIGKILL)
        except ProcessLookupError:  # it has no group of its own yet, or is gone
            if self._process.exitcode is None:
                self._send(signal.SIGKILL)

    @property
    def is_asked_to_end(self) -> bool:
        """Whether `stop` was called."""
        return self._deadline is not None

    @property
    def reason(self) -> str | None:
        """What ended it, if that is known from outside of the run; None where its results tell."""
        if self.stopped is not None:
            return self.stopped
        if self.returned is not None:
            return reason(self.returned)
        status = self._process.exitcode
        if status is None or status == _INTERRUPTED:
            return None
        if status == -signal.SIGKILL:
            return "killed by SIGKILL (out of memory?)"
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        if status == _UNKNOWN:
            return "the fork server was killed (out of memory?)"
        return f"its process ended with status {status}"

    def _listen(self) -> None:
        """Takes what it has answered."""
        try:
            while not self._silent and self._answers.poll():
                answer = self._answers.recv()
                if isinstance(answer, Path):
                    self.folder = answer
                else:
                    self.returned = answer
        except (EOFError, OSError):  # it has ended, perhaps in the middle of a word
            self._silent = True

    def _send(self, signum: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signum)

    @property
    def _pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid
