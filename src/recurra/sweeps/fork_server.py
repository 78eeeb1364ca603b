"""Processes that begin at once: each is forked from a server that has imported all that they need."""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerProcess
from types import ModuleType
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def warm_up(*modules: str) -> None:
    """Lets the server begin to import `modules`, while this process goes on; nothing if there is one already.

    It has this process's environment, and ends with it. The standard library knows one server for a process: what
    others fork from it has to `listen`, too.
    """
    resource_tracker.ensure_running()  # it would undo what follows
    # The server inherits the mask: a terminal's Ctrl-C reaches it too, and is none of its business.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        _CONTEXT.set_forkserver_preload(list(modules))
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def fork(target: Callable[..., None], *args: Any) -> ForkServerProcess:
    """A process that has begun to call `target`; SIGINT and SIGTERM wait there until `listen`."""
    process = _CONTEXT.Process(target=target, args=args)
    with _no_program():
        process.start()
    return process


def listen() -> None:
    """From now on the signals reach this process, and those that came meanwhile."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


@contextmanager
def _no_program() -> Iterator[None]:
    """Without it a new process imports the program anew, which may be a script that would begin the sweep again."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
