"""Stopped and gone on with, a run ends as if it had never stopped."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from conftest import TINY

import recurra
from recurra.callbacks import Interrupted
from recurra.commands.train import main
from recurra.errors import CheckpointError, ConfigError

LONG = [*TINY, "trainer.max_epochs=4", "data.batch_size=16", "callbacks.early_stopping=null"]


def weights(folder, name="last"):
    return torch.load(f"{folder}/checkpoints/{name}.ckpt", weights_only=True)


def assert_equal_ends(one, other):
    first, second = weights(one), weights(other)
    for name, value in first["state_dict"].items():
        assert torch.equal(value, second["state_dict"][name]), name
    (moments,), (others,) = first["optimizer_states"], second["optimizer_states"]
    for number, state in moments["state"].items():
        assert all(torch.equal(value, others["state"][number][key]) for key, value in state.items())
    assert first["global_step"] == second["global_step"]


def stop_after(monkeypatch, step):
    """Sends this process a signal after `step` steps."""
    from recurra.callbacks import Throughput

    count = Throughput.on_train_batch_end

    def on_train_batch_end(self, trainer, *args):
        count(self, trainer, *args)
        if trainer.global_step == step:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Throughput, "on_train_batch_end", on_train_batch_end)


@pytest.mark.parametrize(
    "step", [5, 12, 17, 24]
)  # an epoch has 12 steps: inside, at its end, inside the second, its end
def test_a_resumed_run_ends_like_an_uninterrupted_one(topics, monkeypatch, step):
    whole = recurra.train([*LONG, "hydra.run.dir=whole"])
    with monkeypatch.context() as patch:
        stop_after(patch, step)
        stopped = recurra.train([*LONG, "hydra.run.dir=stopped"])
    assert stopped.status == "interrupted"
    assert weights("stopped")["global_step"] == step
    resumed = recurra.train(["resume=stopped/checkpoints/last.ckpt"])
    assert Path(resumed.folder).resolve() == Path("stopped").resolve()
    assert resumed.status == "finished"
    assert_equal_ends("whole", "stopped")
    assert resumed.test == whole.test
    assert resumed.validation == whole.validation
    with open("whole/metrics.csv") as one, open("stopped/metrics.csv") as other:
        first, second = list(csv.DictReader(one)), list(csv.DictReader(other))
    assert [row for row in first if row["val/loss"]] == [row for row in second if row["val/loss"]]
    assert [(row["step"], row["train/loss"]) for row in first] == [(row["step"], row["train/loss"]) for row in second]


def test_resume_auto_finds_the_newest_unfinished_run_of_the_same_command(topics, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        stopped = recurra.train(LONG)
    other = recurra.train([*LONG, "resume=auto", "seed=7"])
    assert other.folder != stopped.folder
    resumed = recurra.train([*LONG, "resume=auto"])
    assert Path(resumed.folder).resolve() == Path(stopped.folder).resolve()
    assert resumed.status == "finished"
    again = recurra.train([*LONG, "resume=auto"])
    assert again.folder != stopped.folder


def test_a_finished_run_can_be_made_longer(topics):
    recurra.train([*TINY, "hydra.run.dir=run", "scheduler=none", "callbacks.early_stopping=null"])
    longer = recurra.train(["resume=run/checkpoints/last.ckpt", "trainer.max_epochs=5"])
    assert longer.epochs == 5


def test_a_learning_rate_planned_to_its_end_cannot_go_on(topics):
    recurra.train([*TINY, "hydra.run.dir=run"])
    with pytest.raises(ConfigError, match=r"planned to its end .*init_from=run/checkpoints/last\.ckpt"):
        recurra.train(["resume=run/checkpoints/last.ckpt", "trainer.max_epochs=5"])


def test_what_contradicts_the_checkpoint_is_refused(topics):
    recurra.train([*TINY, "hydra.run.dir=run", "trainer.max_steps=1"])
    with pytest.raises(ConfigError, match=r"model=gru contradicts .*LSTM\(.*init_from="):
        recurra.train(["resume=run/checkpoints/last.ckpt", "model=gru"])
    with pytest.raises(CheckpointError, match=r"no checkpoint .*best\.ckpt, last\.ckpt"):
        recurra.train(["resume=run/checkpoints/lost.ckpt"])


@pytest.mark.slow
@pytest.mark.parametrize(("signum", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_how_to_go_on(topics, signum, status):
    command = [sys.executable, "-m", "recurra.commands.train", *LONG, "trainer.max_epochs=500", "hydra.run.dir=run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 60
    while not Path("run/checkpoints/last.ckpt").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, signum)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert "recurra-train resume=" in said
    assert "Traceback" not in said
    assert json.loads(Path("run/results.json").read_text())["status"] == "interrupted"
    assert weights("run")["global_step"] > 0


def test_a_signal_ends_a_whole_sweep(topics, monkeypatch, capsys):
    stop_after(monkeypatch, 5)
    with pytest.raises(SystemExit) as left:
        main(["-m", *LONG, "seed=0,1,2"])
    assert left.value.code == 143
    assert len(list(Path("outputs").rglob("results.json"))) == 1
    assert "interrupted" in capsys.readouterr().out


def test_a_job_that_fails_leaves_the_others_their_table(topics, monkeypatch, capsys):
    from recurra import conclusion

    write = conclusion.write_predictions

    def explode(path, *given):
        if "/0/" in str(path):
            raise OSError("the disk is gone")
        write(path, *given)

    monkeypatch.setattr(conclusion, "write_predictions", explode)
    with pytest.raises(OSError, match="disk"):
        main(["-m", *TINY, "seed=0,1"])
    said = capsys.readouterr().out
    assert "All runs, best first" in said
    assert json.loads(next(Path("outputs").rglob("0/results.json")).read_text())["status"] == "failed"


def test_interrupted_is_no_keyboard_interrupt():
    assert not issubclass(Interrupted, KeyboardInterrupt)
