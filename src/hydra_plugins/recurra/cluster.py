"""`hydra/launcher=slurm`. Hydra imports this file whenever it starts, so all that is heavy is imported inside."""

from collections.abc import Generator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, final

from hydra.core.utils import JobReturn
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from recurra.errors import ConfigError
from recurra.sweeps.launching import Ended, Job, NextJob, StreamingLauncher, reason
from recurra.types import NaturalInt, PositiveFloat, PositiveInt


@final
class ClusterLauncher(StreamingLauncher):
    """Each job a job of the cluster's, through submitit; one that it begins again goes on from its last checkpoint.

    Args:
        cluster: `slurm`, or `local`: processes of this machine, to try it.
        n_jobs: at once, waiting in the cluster's queue or running.
        parameters: of submitit's executor, such as timeout_min, gpus_per_node, slurm_partition.
        max_restarts: how often a job is begun again that came to its time limit.
        poll: seconds between looks at the jobs.
    """

    def __init__(
        self,
        *,
        cluster: Literal["slurm", "local"],
        n_jobs: PositiveInt = 8,
        parameters: Mapping[str, Any] | None = None,
        max_restarts: NaturalInt = 3,
        poll: PositiveFloat = 5.0,
    ) -> None:
        self.cluster = cluster
        self.n_jobs = n_jobs
        self.parameters = parameters
        self.max_restarts = max_restarts
        self.poll = poll

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Hydra's first call.

        Raises:
            ConfigError: an option that does not fit, or submitit is not installed, or finds no cluster.
        """
        from recurra.commands.job_runner import JobRunner
        from recurra.schema import check_node

        if find_spec("submitit") is None:
            raise ConfigError("hydra/launcher=slurm needs submitit: pip install 'recurra[slurm]'.")
        check_node(OmegaConf.to_container(config.hydra.launcher, resolve=True), "hydra.launcher")
        from recurra.sweeps.cluster import Cluster  # imports submitit

        runner = JobRunner.here(hydra_context, config, task_function)
        given = dict(self.parameters or {})
        folder = Path(config.hydra.sweep.dir) / ".submitit"
        made = Cluster(runner.run, folder, self.cluster, given, self.max_restarts, self.n_jobs, self.poll)
        self._cluster: Cluster = made

    def stream(self, next_job: NextJob) -> Generator[Ended, None, None]:
        """Hands jobs to the cluster as there is room for them, and yields each as it ends."""
        for job, returned in self._cluster.stream(next_job):
            yield Ended(job, reason(returned))

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Hydra's second call, of sweepers other than Recurra's."""
        jobs = (Job(initial_job_idx + number, overrides) for number, overrides in enumerate(job_overrides))
        returned = {job.number: what for job, what in self._cluster.stream(lambda: next(jobs, None))}
        return [returned[number] for number in sorted(returned)]
