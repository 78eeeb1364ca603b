"""A run that SLURM is about to end is begun again by it, and goes on. The cluster is a script called scontrol."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TINY
from test_resume import assert_equal_ends

import recurra

COMMAND = [*TINY, "trainer.max_epochs=40", "callbacks.early_stopping=null"]


def wait_for(found):
    deadline = time.monotonic() + 120
    while not found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found()


@pytest.mark.slow
def test_a_run_that_slurm_begins_again_goes_on_and_is_scored_with_its_best_weights(topics, own_place, monkeypatch):
    (own_place / "bin").mkdir()
    script = own_place / "bin" / "scontrol"
    script.write_text(f"#!/bin/sh\necho $* >> {own_place}/asked.txt\n")
    script.chmod(0o755)
    whole = recurra.train([*COMMAND, "hydra.run.dir=whole"])
    here = {"SLURM_NTASKS": "1", "SLURM_JOB_NAME": "tiny", "SLURM_JOB_ID": "7", "SLURM_PROCID": "0"}
    path = f"{own_place}/bin{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **here, "SLURM_LOCALID": "0", "SLURM_NODEID": "0", "PATH": path}
    command = [sys.executable, "-m", "recurra.commands.train", *COMMAND, "hydra.run.dir=run", "resume=auto"]
    first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(Path("run/checkpoints/last.ckpt").exists)
    os.kill(first.pid, signal.SIGUSR1)  # as `sbatch --signal=USR1@60` asks for
    wait_for(Path("asked.txt").exists)
    os.kill(first.pid, signal.SIGTERM)
    said, _ = first.communicate(timeout=60)
    assert first.returncode == 143, said
    assert Path("asked.txt").read_text() == "requeue 7\n"
    assert list(Path("run").glob("hpc_ckpt_*.ckpt"))
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert "going on from" in again.stdout
    assert_equal_ends("whole", "run")
    told = json.loads(Path("run/results.json").read_text())
    assert (told["validation"], told["test"]) == (whole.validation, whole.test)
    assert not list(Path("run").glob("hpc_ckpt_*.ckpt"))
