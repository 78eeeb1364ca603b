"""How the processes that make a sweep's trials know of each other's end."""

import os
import shutil
import socket
import threading
import uuid
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, final

from filelock import FileLock
from optuna.storages import BaseStorage, RDBStorage, fail_stale_trials
from optuna.trial import TrialState
from sqlalchemy.exc import SQLAlchemyError

from recurra.run_lock import is_owned, sole_owner

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

WORKER = "worker"
"""The attribute of a trial that names the process which makes it."""


class Presence(ABC):
    """Within it, others see that this process, called `name`, is there."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    @abstractmethod
    def __enter__(self) -> "Presence": ...

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    @abstractmethod
    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts no other process takes or gives up a trial, as far as that can be had."""
        yield

    @abstractmethod
    def lost(self, study: "Study") -> "list[FrozenTrial]":
        """Trials that are running, as the study has it, but whose process is gone. May make some FAIL by itself."""

    @abstractmethod
    def takes(self, trial: "Trial") -> None:
        """From now on this process makes the trial."""

    @abstractmethod
    def ends(self, trial: "Trial") -> None:
        """It no longer does."""


@final
class SharedFolder(Presence):
    """Locks in the sweep's folder, which the system lets go of when their process ends, whatever ends it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._workers = folder / ".workers"
        self._taking = FileLock(folder / ".taking.lock")
        self._held = ExitStack()

    def __enter__(self) -> "SharedFolder":
        own = self._workers / self.name
        own.mkdir(parents=True)
        self._held.enter_context(sole_owner(own))
        return self

    def __exit__(self, *error: object) -> None:
        self._held.close()
        shutil.rmtree(self._workers / self.name, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A lock of the folder."""
        with self._taking:
            yield

    def lost(self, study: "Study") -> "list[FrozenTrial]":
        """Those whose process holds no lock."""
        running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [t for t in running if not is_owned(self._workers / str(t.user_attrs.get(WORKER, "nobody")))]

    def takes(self, trial: "Trial") -> None:
        """The lock says all."""

    def ends(self, trial: "Trial") -> None:
        """The lock says all."""


@final
class Heartbeats(Presence):
    """Signs of life in the database, for machines that share no disk."""

    def __init__(self, storage: RDBStorage) -> None:
        super().__init__()
        self._storage = storage
        self._made: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Heartbeats":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing: what two processes do at once is put right when a trial is taken."""
        yield

    def lost(self, study: "Study") -> "list[FrozenTrial]":
        """Makes those FAIL that have given no sign for long."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna calls it experimental
            fail_stale_trials(study)
        return []

    def takes(self, trial: "Trial") -> None:
        """The first sign."""
        self._storage.record_heartbeat(trial._trial_id)
        self._made.add(trial._trial_id)

    def ends(self, trial: "Trial") -> None:
        """No more signs."""
        self._made.discard(trial._trial_id)

    def _beat(self) -> None:
        while not self._over.wait(self._storage.get_heartbeat_interval()):
            for trial_id in tuple(self._made):
                with suppress(SQLAlchemyError):  # the next may reach the database again
                    self._storage.record_heartbeat(trial_id)


def presence(storage: BaseStorage, folder: Path) -> Presence:
    """Of this process, for trials kept in `storage`: a database may be shared where the sweep's folder is not."""
    return Heartbeats(storage) if isinstance(storage, RDBStorage) else SharedFolder(folder)
