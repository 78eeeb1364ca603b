"""Loggers hear of the end of their run, whatever ended it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from lightning.pytorch.loggers import Logger

from recurra.results import Results


@runtime_checkable
class Ends(Protocol):
    """A logger that keeps how its run ended."""

    def end(self, results: Results) -> None:
        """Is called once, when `results` are those of the end."""


@contextmanager
def ended(results: Results) -> Iterator[list[Logger]]:
    """While it lasts, the list takes a run's loggers; then they are ended.

    Else the jobs of a sweep in one process would share a run.
    """
    loggers: list[Logger] = []
    try:
        yield loggers
    finally:
        for logger in loggers:
            if isinstance(logger, Ends):
                logger.end(results)
