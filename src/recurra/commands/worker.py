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
from typing import Any, final

from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict

from recurra.commands.folders import FreshFolders
from recurra.errors import RecurraError
from recurra.process import settle
from recurra.sweeps.fork_server import listen
from recurra.sweeps.launching import Job
from recurra.sweeps.slots import Slot

CONSOLE = "console.log"
"""In a run's folder: what it would have said on a terminal."""


@final
@dataclass(frozen=True)
class Work:
    """What all jobs of a launcher have in common: what Hydra gave it, and what Hydra has beside that.

    Attributes:
        singletons: Hydra's, of the process that launches.
    """

    context: HydraContext
    config: DictConfig
    task_function: TaskFunction
    singletons: Any

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
            answers.send(self._done(job, answers))
        except KeyboardInterrupt:
            sys.exit(130)

    def _done(self, job: Job, answers: Connection) -> JobReturn:
        try:
            config = self._composed(job)
            folder = Path(config.hydra.sweep.dir, str(config.hydra.sweep.subdir))
            folder.mkdir(parents=True, exist_ok=True)
            answers.send(folder)
            _say_to(folder / CONSOLE)
            returned = run_job(
                hydra_context=self.context,
                config=config,
                task_function=self.task_function,
                job_dir_key="hydra.sweep.dir",
                job_subdir_key="hydra.sweep.subdir",
            )
        except Exception as error:
            returned = JobReturn(overrides=list(job.overrides), status=JobStatus.FAILED, _return_value=error)
        if returned.status == JobStatus.FAILED:
            returned.return_value = _plain(returned._return_value)
        return returned

    def _composed(self, job: Job) -> DictConfig:
        """Hydra as the launching process has it, and then the job's configuration."""
        setup_globals()
        FreshFolders(claim=False).register()  # the sweep's folder is claimed, and kept in the configuration
        # Hydra's own `set_state` would also look for plugins and import them anew, which then are no longer the same.
        Singleton._instances.update(self.singletons)
        config = self.context.config_loader.load_sweep_config(self.config, list(job.overrides))
        with open_dict(config):
            config.hydra.job.id = f"{config.hydra.job.name}_{job.number}"
            config.hydra.job.num = job.number
        HydraConfig.instance().set_config(config)
        return config


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


def _plain(error: Any) -> Exception:
    """One that any process can read: others may keep what cannot be pickled, or not be made from their message."""
    if isinstance(error, RecurraError):
        return type(error)(str(error))
    return RuntimeError(f"{type(error).__name__}: {error}")
