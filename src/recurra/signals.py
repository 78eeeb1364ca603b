"""Ctrl-C and SIGTERM, taken note of."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, final


@final
class Signals:
    """While it lasts, SIGINT and SIGTERM are noted and raise KeyboardInterrupt, or wait where that would cost work.

    Args:
        heeded: false on all ranks but the first, which decides for all of them: the signals are then ignored.

    Attributes:
        received: the first that came.
        deferred: whether it is only noted, because someone asks `received` soon; a second Ctrl-C does not wait.
    """

    def __init__(self, *, heeded: bool = True) -> None:
        self._heeded = heeded
        self.received: signal.Signals | None = None
        self.deferred = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Signals":
        self.take_over()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def take_over(self) -> None:
        """Becomes the handler, again if another one has become it; only a process's main thread may."""
        if threading.current_thread() is threading.main_thread():
            for signum in (signal.SIGINT, signal.SIGTERM):
                before = signal.signal(signum, self._note if self._heeded else signal.SIG_IGN)
                self._before.setdefault(signum, before)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        again = self.received is not None and signum == signal.SIGINT
        self.received = self.received or signal.Signals(signum)
        if again or not self.deferred:
            raise KeyboardInterrupt
