"""Jobs of a cluster, as many at once as are wanted."""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import submitit
from hydra.core.utils import JobReturn, JobStatus
from submitit.helpers import DelayedSubmission

from recurra.errors import ConfigError
from recurra.sweeps.launching import Job, NextJob

_PATIENCE = 60.0  # seconds that jobs which are called back have to end


@final
@dataclass(frozen=True)
class _Restartable:
    """What the cluster is handed: the job, and what to do where it stops one to begin it again."""

    run: Callable[[Job, Callable[[Path], None]], JobReturn]

    def __call__(self, job: Job) -> JobReturn:
        """Does it."""
        return self.run(job, lambda folder: None)

    def checkpoint(self, job: Job) -> DelayedSubmission:
        """The same once more: a run finds its last checkpoint by itself."""
        return DelayedSubmission(self, job)


@final
class Cluster:
    """Hands jobs over as others end.

    Args:
        run: does a job, in a process of the cluster.
        folder: where submitit keeps what jobs are and say; all machines reach it.
        kind: `slurm` or `local`.
        parameters: of submitit's executor.
        max_restarts: of a job that came to its time limit.
        n_jobs: at once.
        poll: seconds between looks at them.

    Raises:
        ConfigError: submitit refuses a parameter, or finds no cluster.
    """

    def __init__(
        self,
        run: Callable[[Job, Callable[[Path], None]], JobReturn],
        folder: Path,
        kind: str,
        parameters: Mapping[str, Any],
        max_restarts: int,
        n_jobs: int,
        poll: float,
    ) -> None:
        self._work = _Restartable(run)
        self._n_jobs = n_jobs
        self._poll = poll
        self._running: list[tuple[Job, submitit.Job[JobReturn]]] = []
        try:
            restarts = {f"{kind}_max_num_timeout": max_restarts}
            self._executor = submitit.AutoExecutor(folder, cluster=kind, **restarts)
            self._executor.update_parameters(**parameters)
        except (RuntimeError, NameError, TypeError, ValueError, AssertionError) as error:
            raise ConfigError(f"hydra.launcher: {error}") from error

    def stream(self, next_job: NextJob) -> Generator[tuple[Job, JobReturn], None, None]:
        """Each job that has ended with what Hydra returns of it, until `next_job` gives none and none is left.

        Closing it calls back those that wait or run.
        """
        try:
            while True:
                while len(self._running) < self._n_jobs and (job := next_job()) is not None:
                    self._running.append((job, self._executor.submit(self._work, job)))
                if not self._running:
                    return
                time.sleep(self._poll)
                for job, submitted in [pair for pair in self._running if pair[1].done()]:
                    self._running.remove((job, submitted))
                    yield job, _returned(job, submitted)
        finally:
            for _, submitted in self._running:
                submitted.cancel(check=False)
            deadline = time.monotonic() + _PATIENCE
            while time.monotonic() < deadline and not all(submitted.done() for _, submitted in self._running):
                time.sleep(self._poll)


def _returned(job: Job, submitted: "submitit.Job[JobReturn]") -> JobReturn:
    """What Hydra returns of it; where it came to no such end, what submitit says."""
    error = submitted.exception()
    if error is None:
        return submitted.result()
    said = str(error).strip().splitlines()
    lost = RuntimeError(f"{said[0] if said else type(error).__name__} ({submitted.paths.stderr})")
    return JobReturn(overrides=job.overrides, status=JobStatus.FAILED, _return_value=lost)
