"""A run's folder belongs to one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from recurra.errors import ConfigError

_NAME = ".lock"


@contextmanager
def sole_owner(folder: Path) -> Iterator[None]:
    """Holds the folder; the system lets go of it when the process ends, whatever ends it.

    Raises:
        ConfigError: another process holds it.
    """
    lock = FileLock(folder / _NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(
            f"{folder} belongs to a run that is going on. Wait for its end, or stop it (Ctrl-C) and go on from its "
            "last checkpoint; a new run needs a folder of its own (hydra.run.dir=)."
        ) from None
    except NotImplementedError:  # a file system without locks
        yield
        return
    try:
        yield
    finally:
        lock.release()


def is_owned(folder: Path) -> bool:
    """Whether a process holds the folder at this moment."""
    if not (folder / _NAME).exists():
        return False
    try:
        with sole_owner(folder):
            return False
    except ConfigError:
        return True
