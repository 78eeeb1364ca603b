"""The processes of one run on this machine: this one leads, the others do the same order."""

import atexit
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import final

import torch
import torch.distributed as dist
from lightning.fabric.plugins.environments.lightning import LightningEnvironment, find_free_network_port
from lightning.pytorch import Trainer
from lightning.pytorch.strategies import ParallelStrategy

from recurra.order import Order

_VARIABLES = ("LOCAL_RANK", "NODE_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "OMP_NUM_THREADS")
_PATIENCE = 20.0  # seconds that are left to this process to notice that another one has died


def leads() -> bool:
    """Whether this process is the first of its run, and so the one that speaks and writes."""
    return not any(int(os.environ.get(name) or 0) for name in ("RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"))


@final
class Ranks:
    """While it lasts, `start` may add processes; none of them outlives it, and a death among them ends the run.

    Lightning would start them itself by running this process's command line again, which under a sweep is the whole
    sweep, and in a notebook nothing. Where torchrun or SLURM starts all processes, nothing is done here.

    Attributes:
        reason: what one of them died of.
    """

    def __init__(self, order: Order) -> None:
        self.reason: str | None = None
        self._order = order
        self._external = "LOCAL_RANK" in os.environ
        self._before = {name: os.environ.get(name) for name in _VARIABLES}
        self._processes: list[subprocess.Popen[str]] = []
        self._over = threading.Event()
        self._threads = torch.get_num_threads()

    def __enter__(self) -> "Ranks":
        atexit.unregister(part)  # a sweep comes here once a job
        atexit.register(part)
        if not self._external:
            # Lightning takes this for a sign that the other processes are not its business.
            os.environ["LOCAL_RANK"] = "0"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._external:
            return
        for process in self._processes:
            if error is not None:
                process.kill()
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            process.wait()
        if self._processes:
            # The next job of a sweep, or the rest of a notebook, finds everything as it was.
            part()
            torch.set_num_threads(self._threads)
            if error is None:
                for rank in range(1, len(self._processes) + 1):
                    self._said(rank).unlink(missing_ok=True)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def start(self, trainer: Trainer) -> None:
        """Starts the other processes that `trainer` counts on."""
        strategy = trainer.strategy
        if self._external or not isinstance(strategy, ParallelStrategy) or trainer.num_devices == 1:
            return
        if not isinstance(strategy.cluster_environment, LightningEnvironment):
            return
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", str(find_free_network_port()))
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        for rank in range(1, trainer.num_devices):
            environment = {**os.environ, "LOCAL_RANK": str(rank), "PYTHONPATH": path}
            with open(self._said(rank), "w", encoding="utf-8") as said:
                process = subprocess.Popen(
                    [sys.executable, "-m", "recurra.commands.rank"],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=said,
                    stderr=said,
                    text=True,
                )
            self._processes.append(process)
            assert process.stdin is not None
            process.stdin.write(self._order.to_json() + "\n")  # and left open: its end tells that this process is gone
            process.stdin.flush()
            threading.Thread(target=self._watch, args=(rank, process), daemon=True).start()

    def cause(self) -> str | None:
        """What one of the other processes died of, where that is why this one failed; it may take a moment to show."""
        deadline = time.monotonic() + 2
        while self._processes and self.reason is None and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.reason

    def _watch(self, rank: int, process: subprocess.Popen[str]) -> None:
        """Gives this process a little time to fail by itself when another one has; it may wait for it for ever."""
        status = process.wait()
        if status == 0 or self._over.is_set():
            return
        self.reason = self.reason or f"rank {rank} of the run {_ended(status)}; what it said: {self._told(rank)}"
        if not self._over.wait(_PATIENCE):
            for other in self._processes:
                other.kill()
            print(f"error: {self.reason}", file=sys.stderr, flush=True)
            os._exit(1)

    def _said(self, rank: int) -> Path:
        return self._order.folder / f"rank{rank}.log"

    def _told(self, rank: int) -> str:
        lines = self._said(rank).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1]} ({shlex.quote(str(self._said(rank)))})" if lines else "nothing"


def part() -> None:
    """Ends what connects the processes of a run; threads of gloo that outlive Python abort a process that was done."""
    if dist.is_initialized():
        dist.destroy_process_group()


def _ended(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
