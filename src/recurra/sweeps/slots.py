"""What each of several jobs at once may use of this machine."""

import os
from dataclasses import dataclass
from typing import final

from recurra.errors import ConfigError

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_SMALLER = "Make hydra.launcher.n_jobs, .threads or .gpus smaller."


@final
@dataclass(frozen=True)
class Slot:
    """Room for one job.

    Attributes:
        cores: their numbers.
        gpus: their names, as in CUDA_VISIBLE_DEVICES; None where none are handed out.
    """

    cores: tuple[int, ...]
    gpus: tuple[str, ...] | None = None

    def occupy(self) -> None:
        """Keeps this process to the slot, and all that it starts; before it uses CUDA or has threads."""
        import torch

        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, self.cores)
        torch.set_num_threads(len(self.cores))
        # The ranks of a run share its cores out by themselves where this does not tell them otherwise.
        os.environ.pop("OMP_NUM_THREADS", None)
        if self.gpus is not None:
            os.environ[_VISIBLE] = ",".join(self.gpus)


def slots(n_jobs: int | None, threads: int | None, gpus: int) -> list[Slot]:
    """As many as jobs may run at once, no core or GPU in two of them.

    Args:
        n_jobs: how many; None for as many as there is room for.
        threads: cores of each; None for an equal part of all.
        gpus: of each; 0 hands none out.

    Raises:
        ConfigError: there is less than that.
    """
    cores, devices = _cores(), _gpus() if gpus else []
    if n_jobs is None:
        n_jobs = len(cores) // (threads or 1)
        n_jobs = max(1, min(n_jobs, len(devices) // gpus) if gpus else n_jobs)
    threads = threads or max(1, len(cores) // n_jobs)
    if n_jobs * threads > len(cores):
        raise ConfigError(_told(n_jobs, threads, "core", len(cores)))
    if n_jobs * gpus > len(devices):
        raise ConfigError(_told(n_jobs, gpus, "GPU", len(devices)))
    return [
        Slot(
            tuple(cores[number * threads : (number + 1) * threads]),
            tuple(devices[number * gpus : (number + 1) * gpus]) if gpus else None,
        )
        for number in range(n_jobs)
    ]


def _told(n_jobs: int, each: int, what: str, there: int) -> str:
    jobs, parts = ("1 job", "") if n_jobs == 1 else (f"{n_jobs} jobs at once", " each")
    return (
        f"hydra.launcher: {jobs} with {each} {what}{'s' if each > 1 else ''}{parts} cannot be had: "
        f"this process may use {there} {what}{'s' if there != 1 else ''}. {_SMALLER}"
    )


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def _gpus() -> list[str]:
    import torch

    names = os.environ.get(_VISIBLE)
    count = torch.cuda.device_count()  # asks the driver's library, and makes no context
    return [str(number) for number in range(count)] if names is None else names.split(",")[:count]
