"""Where a sweep's trials are kept: a file in its folder, or a database that several machines reach."""

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from optuna.exceptions import StorageInternalError
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

from recurra.errors import ConfigError, first_line

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

_HEARTBEAT = 30  # seconds between two signs of life of a trial in a database
_GRACE = 120  # seconds without one, after which its process counts as gone


@contextmanager
def opened(url: str | None, folder: Path) -> Iterator["BaseStorage"]:
    """The database behind `url`; None for a file in the sweep's folder.

    Raises:
        ConfigError: the database cannot be reached.
        ConnectionError: it no longer can.
    """
    if url is None:
        yield _journal(folder / "trials.journal")
        return
    storage = _database(url)
    try:
        yield storage
    except (SQLAlchemyError, StorageInternalError) as error:
        raise ConnectionError(
            f"hydra.sweeper.storage={_without_password(url)} was lost: {_cause(error)}. Once it is there "
            f"again, the same command with hydra.sweep.dir={folder} goes on."
        ) from error
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _journal(file: Path) -> "BaseStorage":
    """A file that any number of processes may write, on one machine or on a disk that several share."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file.with_name(f".{file.name}.lock"))  # let go of by the system when its process ends
    with lock:
        _whole_lines(file)
    return JournalStorage(JournalFileBackend(str(file), lock))  # type: ignore[arg-type]  # it has what Optuna asks of one


def _database(url: str) -> RDBStorage:
    """The database behind a URL of SQLAlchemy's."""
    try:
        try:
            return _connected(url)
        except (IntegrityError, ProgrammingError):  # another process makes the tables at this very moment
            time.sleep(1)
            return _connected(url)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise ConfigError(
            f"hydra.sweeper.storage={_without_password(url)}: {_cause(error)}. A URL reads such as "
            "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, and needs its driver (pip install 'psycopg[binary]'). "
            "Left out, trials are kept in a file of the sweep's folder."
        ) from error


def _connected(url: str) -> RDBStorage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna calls signs of life experimental
        return RDBStorage(url, {"pool_pre_ping": True}, heartbeat_interval=_HEARTBEAT, grace_period=_GRACE)


def _whole_lines(file: Path) -> None:
    """Cuts off the line that a full disk broke off; after it nothing could be read."""
    if not file.is_file():
        return
    with open(file, "r+b") as stream:
        content = stream.read()
        if content and not content.endswith(b"\n"):
            stream.truncate(content.rfind(b"\n") + 1)
            stream.flush()
            os.fsync(stream.fileno())


def _cause(error: BaseException) -> str:
    """Of what began it all: Optuna and SQLAlchemy each add lines of their own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return first_line(error).rstrip(".")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    user = head.rpartition(":")[0] if head.count(":") > 1 else head
    return f"{user}:***@{tail}" if at else url
