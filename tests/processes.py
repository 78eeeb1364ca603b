"""Runs in processes of their own, forked from a server that has imported everything: they begin at once."""

import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from recurra.sweeps.fork_server import listen

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["recurra.commands.train", "recurra.commands.job", "recurra.run", "hydra", "processes"])

Preparation = Callable[[], None]
"""What a process does before its run, such as arranging for its death."""


def start(*arguments: str, prepare: Preparation | None = None, seen: str = "seen.jsonl") -> ForkServerProcess:
    """Begins `recurra-train` with `arguments` in the present folder.

    Args:
        prepare: a function of a module, called first.
        seen: a file to which each training batch adds a line [epoch, batch, rows].
    """
    process = CONTEXT.Process(target=_train, args=(arguments, dict(os.environ), prepare, seen))
    process.start()
    return process


def begin(*command: str, new_session: bool = False, **variables: object) -> subprocess.Popen[str]:
    """Begins `python -m` with a command and environment variables of its own; what it says is kept for `output`."""
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=new_session,
    )


def output(process: subprocess.Popen[str]) -> str:
    """What it said, once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def ended(process: ForkServerProcess, timeout: float = 60) -> int:
    """Waits, and gives the exit status; negative where a signal ended it."""
    process.join(timeout)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode


def batches(seen: str = "seen.jsonl") -> dict[tuple[int, int], list[int]]:
    """(epoch, batch) -> rows, of all processes that wrote to the file; a batch that was seen twice was the same."""
    found: dict[tuple[int, int], list[int]] = {}
    for line in Path(seen).read_text().splitlines():
        epoch, batch, rows = json.loads(line)
        assert found.setdefault((epoch, batch), rows) == rows
    return found


def die() -> None:
    """Ends this process as the system ends one that has no time to answer."""
    os.kill(os.getpid(), signal.SIGKILL)


def _train(arguments: tuple[str, ...], environment: dict[str, str], prepare: Preparation | None, seen: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    listen()  # should a launcher have begun the server
    sys.stdout = sys.stderr = io.StringIO()
    from recurra.callbacks import Throughput
    from recurra.commands.train import main

    count = Throughput.on_train_batch_end

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
        with open(seen, "a") as file:
            file.write(json.dumps([trainer.current_epoch, batch_idx, batch.rows.tolist()]) + "\n")
        count(self, trainer, module, outputs, batch, batch_idx)

    Throughput.on_train_batch_end = on_train_batch_end
    if prepare is not None:
        prepare()
    main(list(arguments))
