"""A W&B server that is slow, refuses or dies, and W&B's own process killed: the run is what it is without any."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch
import wandb
from conftest import TINY, place_apart
from lightning.fabric.plugins.environments.lightning import find_free_network_port
from wandb_file import runs, summary
from wandb_server import WandbServer

import recurra
from recurra.callbacks import Throughput

pytestmark = pytest.mark.usefixtures("own_wandb")

COMMAND = [*TINY, "logger=wandb", "logger.wandb.init_timeout=1", "logger.wandb.finish_timeout=1", "hydra.run.dir=run"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The weights of the same run without W&B."""
    with place_apart(tmp_path_factory, 240) as place:
        recurra.train([*TINY, "hydra.run.dir=alone"])
        return weights(place / "alone")


@pytest.fixture
def logged_in(monkeypatch):
    """Knows where the server is."""
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    return lambda url: monkeypatch.setenv("WANDB_BASE_URL", url)


def weights(folder):
    return torch.load(f"{folder}/checkpoints/last.ckpt", weights_only=True)["state_dict"]


def assert_same_weights(alone):
    ours = weights("run")
    assert ours.keys() == alone.keys()
    assert all(torch.equal(value, ours[name]) for name, value in alone.items())


def after_eight_steps(monkeypatch, deed):
    """Of eighteen; an epoch has six."""
    count = Throughput.on_train_batch_end

    def on_train_batch_end(self, trainer, *given):
        count(self, trainer, *given)
        if trainer.global_step == 8:
            deed()

    monkeypatch.setattr(Throughput, "on_train_batch_end", on_train_batch_end)


def lines(said):
    return [line for line in said.splitlines() if "W&B" in line or "wandb" in line]


def command(line):
    """What a line says is to be typed."""
    return line[line.index("wandb sync") :].split()


def synced(arguments, server):
    wandb_script = Path(sys.executable).parent / arguments[0]
    environment = {**os.environ, "WANDB_BASE_URL": server.url}
    subprocess.run([wandb_script, *arguments[1:]], env=environment, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"silent": True}, "deadline exceeded"),
        ({"refuses": 403}, "refused; wandb login"),
        ({"refuses": 500}, "500"),
        (None, "connection refused"),  # nobody listens
    ],
    ids=["silent", "403", "500", "nobody"],
)
def test_a_server_that_does_not_take_the_run(topics, alone, logged_in, capfd, fault, reason):
    with WandbServer(**(fault or {})) as server:
        logged_in(server.url if fault else f"http://127.0.0.1:{find_free_network_port()}")
        results = recurra.train([*COMMAND, "logger.wandb.finish_timeout=60"])  # of what is offline by then
        wandb.teardown()
    assert results.status == "finished"
    assert_same_weights(alone)
    (file,) = runs("run")
    assert not list(Path("run/wandb").glob("run-*"))  # no empty one is left
    out, err = capfd.readouterr()
    (line,) = lines(out)
    assert err == ""
    assert "does not take the run" in line
    assert reason in line
    assert command(line) == ["wandb", "sync", os.path.relpath(file.parent)]
    assert summary(file)["status"] == "finished"


def test_a_key_that_is_none_is_told(topics, logged_in, monkeypatch, capfd):
    monkeypatch.setenv("WANDB_API_KEY", "mine")
    assert recurra.train([*COMMAND, "trainer.max_steps=1"]).status == "finished"
    assert "WANDB_API_KEY" in lines(capfd.readouterr().out)[0]
    assert runs("run")


@pytest.mark.slow
def test_a_server_that_dies_in_the_middle_and_what_it_missed(topics, alone, logged_in, monkeypatch, capfd):
    monkeypatch.setenv("WANDB_FINISH_TIMEOUT", "1")  # wins
    monkeypatch.setenv("WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL", "1")  # second

    def dies():
        deadline = time.monotonic() + 30
        while not server.rows and time.monotonic() < deadline:
            time.sleep(0.01)
        server.end()

    after_eight_steps(monkeypatch, dies)
    with WandbServer() as server:
        logged_in(server.url)
        assert recurra.train([*COMMAND, "logger.wandb.finish_timeout=50"]).status == "finished"
    assert_same_weights(alone)
    ((run, rows),) = server.rows.items()
    assert 1 <= len(rows) < 7
    out, err = capfd.readouterr()
    (line,) = lines(out)
    assert err == ""
    assert "has not taken all of the run in time" in line
    with server:
        synced(command(line), server)
    with open("run/metrics.csv", newline="") as file:
        steps = [int(row["step"]) for row in csv.DictReader(file)]
    assert [row["trainer/global_step"] for row in server.rows[run]] == steps
    assert server.summaries[run]["status"] == "finished"
    assert server.exits == {run: 0}


def test_without_its_own_process_a_run_goes_on_and_the_next_has_one_again(topics, alone, monkeypatch, capfd):
    def kills():
        (core,) = [each for each in psutil.Process().children() if "wandb-core" in each.name()]
        core.kill()
        core.wait()

    with monkeypatch.context() as patch:
        after_eight_steps(patch, kills)
        assert recurra.train(COMMAND).status == "finished"
    assert_same_weights(alone)
    out, err = capfd.readouterr()
    (line,) = lines(out)
    assert err == ""
    assert "W&B's own process has ended" in line
    recurra.train([*TINY, "logger=wandb", "trainer.max_steps=1", "hydra.run.dir=next"])
    assert summary(*runs("next"))["status"] == "finished"
