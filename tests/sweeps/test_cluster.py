"""Jobs of a cluster, which is this machine: submitit's local executor, in processes of its own."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from conftest import TINY, typed
from processes import ended, start

from recurra.commands.train import main

SWEEP = Path("outputs/sweeps/s")
LOCAL = ["hydra/launcher=slurm", "hydra.launcher.cluster=local", "hydra.launcher.poll=0.2", "hydra.launcher.n_jobs=2"]
COMMAND = ["-m", *TINY, "logger=null", f"hydra.sweep.dir={SWEEP}", *LOCAL]


def results():
    return {int(f.parent.name): json.loads(f.read_text()) for f in sorted(SWEEP.glob("*/results.json"))}


def running(number):
    """The processes that make a trial's run, by what the system knows of them."""
    found = subprocess.run(["pgrep", "-f", "submitit.core._submit"], capture_output=True, text=True).stdout.split()
    return [int(pid) for pid in found if os.path.realpath(f"/proc/{pid}/cwd") == str(Path.cwd())]


@pytest.mark.slow
def test_a_sweep_on_a_cluster_survives_a_job_that_is_killed_and_one_that_is_begun_again(topics):
    endless = ["trainer.max_epochs=40", "callbacks.early_stopping=null"]
    process = start(*COMMAND, *endless, "seed=0,1,2")
    deadline = time.monotonic() + 90
    while not all((SWEEP / f"{n}/checkpoints/last.ckpt").exists() for n in (0, 1)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ended(process, 180) == 1


def test_what_submitit_refuses_is_told(capsys, topics):
    code, _, err = typed(capsys, main, *COMMAND, "seed=0,1", "hydra.launcher.parameters.timeout_minutes=5")
    assert code == 2
    assert "timeout_minutes" in err
    assert "Traceback" not in err
