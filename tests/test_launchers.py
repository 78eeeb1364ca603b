"""Processes that others start: torchrun, or a person on each of several machines; and what is asked of GPUs."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import TINY
from lightning.fabric.plugins.environments.lightning import find_free_network_port
from lightning.pytorch.plugins.precision import MixedPrecision
from lightning.pytorch.strategies import DDPStrategy
from processes import begin, output
from test_conf import config

from recurra import build

COMMAND = [*TINY, "trainer=ddp", "trainer.accelerator=cpu", "hydra.run.dir=run"]
RANKS = ["trainer.devices=2"]
MACHINES = ["trainer.num_nodes=2", "trainer.devices=1"]


def assert_one_run_of_two_ranks():
    results = json.loads(Path("run/results.json").read_text())
    assert (results["status"], results["steps"], results["test"]["rows"]) == ("finished", 9, 24)
    with open("run/metrics.csv", newline="") as file:
        assert sum(bool(row["val/f1_macro"]) for row in csv.DictReader(file)) == 3
    assert [path.name for path in Path().iterdir() if path.is_dir()] == ["run"]


@pytest.mark.slow
def test_torchrun(topics):
    launcher = ["torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m"]
    out = output(begin(*launcher, "recurra.commands.train", *COMMAND, *RANKS))
    assert out.count("files: run") == 1
    assert_one_run_of_two_ranks()


@pytest.mark.slow
def test_two_machines(topics):
    # Both are this one; they know each other by address and port alone, and share the disk.
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": find_free_network_port()}
    second, first = (
        begin("recurra.commands.train", *COMMAND, *MACHINES, NODE_RANK=number, **shared) for number in (1, 0)
    )
    try:
        assert output(first).count("files: run") == 1
        assert output(second) == ""
    finally:
        first.kill()
        second.kill()
    assert_one_run_of_two_ranks()


@pytest.mark.slow
def test_processes_part_before_they_end(topics):
    # Else some are aborted as they leave, their work done: 9 of 50 processes that did nothing but share a sum.
    code = "import atexit, recurra, torch.distributed as dist\n"
    code += "atexit.register(lambda: print('apart' if not dist.is_initialized() else 'together'))\n"
    code += f"recurra.train({[*COMMAND, 'trainer.devices=1']!r})\nassert dist.is_initialized()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "apart"


@pytest.mark.parametrize("precision", ["16-mixed", "bf16-mixed"])
def test_what_is_asked_of_gpus_reaches_lightning(monkeypatch, tmp_path, precision):
    # This machine need not have one: Lightning is told of four, builds all that it is asked for, and nothing runs.
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    settings = config("trainer=ddp", "trainer.accelerator=gpu", "trainer.devices=4", f"trainer.precision={precision}")
    trainer = build.trainer({**settings, "trainer": {**settings["trainer"], "num_nodes": 2}}, tmp_path, [], [], 10)
    assert isinstance(trainer.strategy, DDPStrategy)
    assert (trainer.num_devices, trainer.num_nodes, trainer.world_size) == (4, 2, 8)
    assert isinstance(trainer.precision_plugin, MixedPrecision)
    assert trainer.precision_plugin.precision == precision
    assert (trainer.precision_plugin.scaler is not None) == (precision == "16-mixed")
