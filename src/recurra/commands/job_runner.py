"""A job of a sweep in a process that is not the sweep's, which Hydra knows nothing of yet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict, read_write

from recurra.commands.folders import FreshFolders
from recurra.errors import RecurraError
from recurra.sweeps.launching import Job


@final
@dataclass(frozen=True)
class JobRunner:
    """What all jobs of a launcher have in common: what Hydra gave it, and what Hydra has beside that.

    Attributes:
        singletons: Hydra's, of the process that launches.
    """

    context: HydraContext
    config: DictConfig
    task_function: TaskFunction
    singletons: Any

    @classmethod
    def here(cls, context: HydraContext, config: DictConfig, task_function: TaskFunction) -> "JobRunner":
        """With what Hydra has in this process."""
        return cls(context, config, task_function, Singleton.get_state()["instances"])

    def run(self, job: Job, begins: Callable[[Path], None]) -> JobReturn:
        """Does the job.

        Args:
            begins: is told the folder of its run, which exists, before it.
        """
        try:
            config = self._composed(job)
            folder = Path(config.hydra.sweep.dir, str(config.hydra.sweep.subdir))
            folder.mkdir(parents=True, exist_ok=True)
            begins(folder)
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
        config = job.config
        if config is None:
            config = self.context.config_loader.load_sweep_config(self.config, list(job.overrides))
        with read_write(config.hydra), open_dict(config):  # of a job that a cluster begins again Hydra has locked it
            config.hydra.job.id = f"{config.hydra.job.name}_{job.number}"
            config.hydra.job.num = job.number
        HydraConfig.instance().set_config(config)
        return config


def _plain(error: Any) -> Exception:
    """One that any process can read: others may keep what cannot be pickled, or not be made from their message."""
    if isinstance(error, RecurraError):
        return type(error)(str(error))
    return RuntimeError(f"{type(error).__name__}: {error}")
