"""`hydra/launcher=processes`. Hydra imports this file whenever it starts, so all that is heavy is imported inside."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, final

from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from recurra.sweeps.launching import Ended, Job, NextJob, StreamingLauncher
from recurra.types import NaturalInt, PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from recurra.sweeps.processes import Processes

_IMPORTED = ("recurra.commands.worker", "recurra.run", "recurra.data.datamodule", "pandas")
"""By the server: what a run needs, pandas since pyarrow imports it where it is installed."""


@final
class ProcessesLauncher(StreamingLauncher):
    """A process for each job, forked from a server that has imported all that a run needs.

    joblib's launcher hands over a batch and waits for its slowest job. loky, which it uses, does job after job in the
    same workers: one that is killed ends the whole batch with an error, and no job has cores of its own, or a time
    limit that ends it alone.

    Args:
        n_jobs: at once; None for as many as there are cores for, or GPUs.
        threads: of a job, each on a core that no other job has; None for as many cores as there are for it.
        gpus: of a job, which no other job has; with 0 all jobs see those that the command sees.
        time_limit: minutes; a job that takes longer is stopped, with a checkpoint, and has failed.
    """

    def __init__(
        self,
        *,
        n_jobs: PositiveInt | None = None,
        threads: PositiveInt | None = None,
        gpus: NaturalInt = 0,
        time_limit: PositiveFloat | None = None,
    ) -> None:
        self.n_jobs = n_jobs
        self.threads = threads
        self.gpus = gpus
        self.time_limit = time_limit

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Hydra's first call; the server begins to import while this process goes on.

        Raises:
            ConfigError: an option that does not fit, or more cores or GPUs than there are.
        """
        from recurra.schema import check_node
        from recurra.sweeps.fork_server import warm_up
        from recurra.sweeps.slots import slots

        check_node(OmegaConf.to_container(config.hydra.launcher, resolve=True), "hydra.launcher")
        self.slots = slots(self.n_jobs, self.threads, self.gpus)
        warm_up(*_IMPORTED)
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config

    def stream(self, next_job: NextJob) -> Generator[Ended, None, None]:
        """Starts jobs as there is room for them, and yields each as it ends."""
        for process in self._processes().stream(next_job):
            yield Ended(process.job, process.reason)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Hydra's second call, of sweepers other than Recurra's."""
        from recurra.signals import Signals

        count = len(job_overrides)
        jobs = (Job(initial_job_idx + n, overrides, count - n - 1) for n, overrides in enumerate(job_overrides))
        returned: dict[int, JobReturn] = {}
        with Signals():
            for process in self._processes().stream(lambda: next(jobs, None)):
                lost = RuntimeError(process.reason or "interrupted")
                returned[process.job.number] = process.returned or JobReturn(
                    overrides=process.job.overrides, status=JobStatus.FAILED, _return_value=lost
                )
        return [returned[number] for number in sorted(returned)]

    def _processes(self) -> "Processes":
        from recurra.commands.job_runner import JobRunner
        from recurra.commands.worker import Work
        from recurra.overrides import told
        from recurra.sweeps.processes import Processes
        from recurra.sweeps.progress import progress

        typed = self.config.hydra.overrides
        common = {*typed.task, *typed.hydra}

        def what_differs(job: Job) -> str:
            return " ".join(told(o) for o in job.overrides if o not in common and not o.startswith("hydra."))

        work = Work(JobRunner.here(self.hydra_context, self.config, self.task_function))
        return Processes(work, self.slots, progress(what_differs), self.time_limit)
