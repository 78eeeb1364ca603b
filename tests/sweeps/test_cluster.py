"""Jobs of a cluster, which is this machine: submitit's local executor, in processes of its own."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from conftest import TINY, typed
from processes import ended, start
from wandb_file import runs

from recurra.commands.train import main

SWEEP = Path("outputs/sweeps/s")
LOCAL = ["hydra/launcher=slurm", "hydra.launcher.cluster=local", "hydra.launcher.poll=0.2", "hydra.launcher.n_jobs=1"]
COMMAND = ["-m", *TINY, "logger=csv", f"hydra.sweep.dir={SWEEP}", *LOCAL]


def worker(sweep, number):
    """The process that makes a trial, once it has written a checkpoint."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (SWEEP / f"{number}/checkpoints/last.ckpt").exists():
            running = psutil.Process(sweep.pid).children(recursive=True)
            found = [each for each in running if any("submitit.core._submit" in part for part in each.cmdline())]
            return found[-1]
        time.sleep(0.05)
    raise TimeoutError


@pytest.mark.slow
def test_a_job_that_is_killed_has_failed_and_one_that_is_stopped_goes_on(topics):
    long = ["trainer.max_epochs=60", "callbacks.early_stopping=null"]
    sweep = start(*COMMAND, *long, "seed=0,1", "logger=wandb")
    os.kill(worker(sweep, 0).pid, signal.SIGKILL)
    os.kill(worker(sweep, 1).pid, signal.SIGUSR2)  # as the cluster asks before it takes the machine away
    assert ended(sweep, 180) == 1
    told = {number: json.loads((SWEEP / number / "results.json").read_text())["status"] for number in "01"}
    assert told == {"0": "running", "1": "finished"}
    summary = json.loads((SWEEP / "sweep.json").read_text())
    assert [trial["status"] for trial in summary["trials"]] == ["failed", "finished"]
    assert ".submitit" in summary["trials"][0]["reason"]
    log = (SWEEP / "1" / "train.log").read_text()
    assert "going on from" in log
    assert log.count("epoch 60/60") == 1
    first, second = runs(SWEEP / "1")
    assert first.name == second.name  # one run of W&B, in two parts


@pytest.mark.slow
def test_jobs_are_handed_over_as_others_end(capsys, topics):
    code, out, err = typed(capsys, main, *COMMAND, "hydra.launcher.n_jobs=2", "seed=0,1,2", "trainer.max_steps=1")
    assert (code, err) == (0, "")
    assert "3 trials: 3 finished" in out


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("+hydra.launcher.parameters.timeout_minutes=5", "timeout_minutes"),
        ("hydra.launcher.n_jobs=0", "n_jobs=0"),
        ("hydra.launcher.cluster=slurm", "srun"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_done(capsys, topics, option, told):
    code, _, err = typed(capsys, main, *COMMAND, "seed=0,1", option)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert not list(SWEEP.glob("[0-9]*"))
