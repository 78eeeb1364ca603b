"""How a W&B run ends, and how it goes on: under one id, with all its rows in their places."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import wandb
from conftest import TINY, status
from test_resume import stop_after
from wandb_file import runs, summary, told
from wandb_server import WandbServer

import recurra
from recurra.callbacks import Throughput
from recurra.commands.train import main

pytestmark = pytest.mark.usefixtures("own_wandb")

COMMAND = [*TINY, "logger=wandb", "hydra.run.dir=run"]


def steps(rows):
    return [row["trainer/global_step"] for row in rows]


def whole(topics):
    """The steps of the rows of a run that was never stopped."""
    recurra.train([*TINY, "logger=wandb", "hydra.run.dir=whole"])
    (file,) = runs("whole")
    return [
        json.loads(item.value_json)
        for row in told(file, "history")
        for item in row.item
        if list(item.nested_key) == ["trainer/global_step"]
    ]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_interrupted(topics, monkeypatch, sent, code):
    count = Throughput.on_train_batch_end

    def on_train_batch_end(self, trainer, *given):
        count(self, trainer, *given)
        if trainer.global_step == 8:
            os.kill(os.getpid(), sent)

    monkeypatch.setattr(Throughput, "on_train_batch_end", on_train_batch_end)
    assert status(main, *COMMAND) == code
    (file,) = runs("run")
    assert [end.exit_code for end in told(file, "exit")] == [code]
    assert summary(file)["status"] == "interrupted"
    assert len(told(file, "preempting")) == (sent is signal.SIGTERM)


@pytest.mark.slow
def test_pruned_is_no_failure(topics):
    options = ["hydra.sweep.dir=s", "hydra/sweeper/pruner=median", "hydra.sweeper.pruner.n_startup_trials=1"]
    assert status(main, "-m", *TINY, "logger=wandb", "seed=0", "optimizer.lr=0.02,1e-9", *options) == 0
    (file,) = runs("s/1")
    assert [end.exit_code for end in told(file, "exit")] == [0]
    assert summary(file)["status"] == "pruned"


@pytest.mark.slow
def test_offline_parts_fall_into_place_when_they_are_synced(topics, monkeypatch, capsys):
    expected = whole(topics)
    with monkeypatch.context() as patch:
        stop_after(patch, 8)
        assert status(main, *COMMAND) == 143
    capsys.readouterr()
    assert recurra.train(["resume=run/checkpoints/last.ckpt"]).status == "finished"
    first, second = sorted(runs("run"), key=lambda file: file.parent.name)
    assert first.name == second.name
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "wandb sync" in line]
    typed = line[line.index("wandb sync") :].split()
    assert typed == ["wandb", "sync", *(os.path.relpath(file.parent) for file in (first, second))]
    with WandbServer() as server:
        environment = {**os.environ, "WANDB_BASE_URL": server.url, "WANDB_API_KEY": "a" * 40}
        script = Path(sys.executable).parent / typed[0]
        subprocess.run([script, *typed[1:]], env=environment, check=True, capture_output=True, timeout=60)
    ((run, rows),) = server.rows.items()
    assert first.stem == f"run-{run}"
    assert steps(rows) == expected
    assert [row["_step"] for row in rows] == list(range(len(rows)))
    assert server.exits == {run: 0}
    assert server.summaries[run]["status"] == "finished"


@pytest.mark.slow
def test_online_it_goes_on_under_the_same_id(topics, monkeypatch):
    expected = whole(topics)
    wandb.teardown()
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
        with monkeypatch.context() as patch:
            stop_after(patch, 8)
            assert status(main, *COMMAND) == 143
        ((run, code),) = server.exits.items()
        assert (code, server.preempting) == (143, {run})
        assert recurra.train(["resume=run/checkpoints/last.ckpt"]).status == "finished"
        wandb.teardown()
    assert list(server.runs) == [run]
    assert steps(server.rows[run]) == expected
    assert server.exits == {run: 0}


def test_another_run_in_the_same_folder_is_another_run(topics):
    for _ in range(2):
        recurra.train([*COMMAND, "trainer.max_steps=1"])
    assert len({file.name for file in runs("run")}) == 2
