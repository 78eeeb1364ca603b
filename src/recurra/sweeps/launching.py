"""How jobs are handed to Hydra's launchers, and how it is known that they have ended."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import final

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig


@final
@dataclass(frozen=True)
class Job:
    """A run that a launcher does.

    Attributes:
        number: in the sweep; its folder is called so.
        overrides: all of them, for Hydra.
        waiting: how many are there after it, as far as is known.
        config: composed of the overrides, where that was done already.
    """

    number: int
    overrides: Sequence[str]
    waiting: int = 0
    config: DictConfig | None = None


@final
@dataclass(frozen=True)
class Ended:
    """A job that has ended, somehow.

    Attributes:
        reason: what ended it, where that is known from outside of the run: an exception, a signal, a time limit.
    """

    job: Job
    reason: str | None = None


NextJob = Callable[[], Job | None]
"""Gives the next job to be started; None where there is none (any more, or until another has ended)."""


class StreamingLauncher(Launcher, ABC):
    """A launcher that starts a job as soon as there is room for it, not in batches that wait for their slowest."""

    @abstractmethod
    def stream(self, next_job: NextJob) -> Generator[Ended, None, None]:
        """Starts jobs until `next_job` gives none and all have ended; yields each as it ends.

        Closing the generator ends the jobs that run: each is asked by a signal, and killed where that is not enough.
        """


def in_batches(launcher: Launcher, size: int, next_job: NextJob) -> Generator[Ended, None, None]:
    """The same with any other launcher, `size` jobs at a time."""
    while batch := _batch(next_job, size):
        # Their numbers need not be consecutive; folders are told by an override, which the sweeper adds.
        returned = launcher.launch([list(job.overrides) for job in batch], initial_job_idx=batch[0].number)
        for job, what in zip(batch, returned, strict=True):
            yield Ended(job, reason(what))


def _batch(next_job: NextJob, size: int) -> list[Job]:
    batch: list[Job] = []
    while len(batch) < size and (job := next_job()) is not None:
        batch.append(job)
    return batch


def reason(returned: JobReturn) -> str | None:
    """Why a job failed, as Hydra has it; None where it did not."""
    if returned.status == JobStatus.COMPLETED:
        return None
    error = returned._return_value  # what one asks officially raises it, and prints
    return str(error) or type(error).__name__
