"""What jobs do in tests of launchers; a process of its own imports it by name."""

import os
import signal
import time
from pathlib import Path

import torch


def tell(config):
    """What its process has."""
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "seed": config.seed,
        "cores": sorted(os.sched_getaffinity(0)),
        "threads": torch.get_num_threads(),
        "gpus": os.environ.get("CUDA_VISIBLE_DEVICES"),
        "variables": {name: os.environ.get(name) for name in ("GOMP_SPINCOUNT", "OMP_NUM_THREADS", "OF_THIS_TEST")},
        "folder": os.getcwd(),
    }


def die(config):
    """Dies without a word, if its seed is 0."""
    if config.seed == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def leave(config):
    """Leaves in the middle."""
    os._exit(7)


def fail(config):
    """Raises what cannot be read in another process."""

    class Own(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    raise Own("this", "that")


def sleep(config):
    """Takes long, and ends when it is asked to."""
    Path(f"{config.seed}.pid").write_text(str(os.getpid()))
    time.sleep(60)


def refuse(config):
    """Takes long, and does not end when it is asked to."""
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    sleep(config)
