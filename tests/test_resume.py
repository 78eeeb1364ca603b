"""Stopped and gone on with, a run ends as if it had never stopped."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from conftest import TINY

import recurra
from recurra import conclusion
from recurra.callbacks import Interrupted
from recurra.commands.folders import newest_unfinished
from recurra.commands.train import main
from recurra.errors import CheckpointError, ConfigError
from recurra.module import SequenceModule

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


def metrics(folder):
    if not Path(folder, "metrics.csv").exists():
        return []
    with open(f"{folder}/metrics.csv") as file:
        return list(csv.DictReader(file))


def validations(folder):
    return [row for row in metrics(folder) if row.get("val/loss")]


def stop_after(monkeypatch, step):
    """Sends this process a signal after `step` steps."""
    from recurra.callbacks import Throughput

    count = Throughput.on_train_batch_end

    def on_train_batch_end(self, trainer, *args):
        count(self, trainer, *args)
        if trainer.global_step == step:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Throughput, "on_train_batch_end", on_train_batch_end)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "options"),
    [
        *[(step, []) for step in (5, 12, 17, 24)],  # an epoch has 12 steps: inside, its end, inside the second, its end
        *[(step, ["trainer.val_check_interval=0.5"]) for step in (5, 6, 7, 12)],  # validation after 6 and 12
        (3, ["trainer.check_val_every_n_epoch=null", "trainer.val_check_interval=15"]),
        (15, ["trainer.check_val_every_n_epoch=null", "trainer.val_check_interval=15"]),
        *[(step, ["trainer.accumulate_grad_batches=2"]) for step in (3, 6)],  # an epoch has 6 steps
        *[(5, ["callbacks=ema", "callbacks.averaging.decay=0.5", *more]) for more in ([], ["embedding.ngrams=3"])],
        *[(5, ["task=language_model", "task.window=8", *more]) for more in ([], ["task.carry=document"])],
        (5, ["task=two_way_language_model", "loss.num_sampled=9"]),
        *[(step, ["task=cloze"]) for step in (5, 24)],  # in mid-epoch, and at the end of the second
    ],
)
def test_a_resumed_run_ends_like_an_uninterrupted_one(topics, monkeypatch, step, options):
    whole = recurra.train([*LONG, *options, "hydra.run.dir=whole"])
    with monkeypatch.context() as patch:
        stop_after(patch, step)
        stopped = recurra.train([*LONG, *options, "hydra.run.dir=stopped"])
    assert (stopped.status, stopped.signal, stopped.steps) == ("interrupted", "SIGTERM", step)
    assert weights("stopped")["global_step"] == step
    assert Path("stopped/checkpoints/best.ckpt").exists() == (len(validations("stopped")) > 0)
    resumed = recurra.train(["resume=stopped/checkpoints/last.ckpt"])
    assert Path(resumed.folder).resolve() == Path("stopped").resolve()
    assert resumed.status == "finished"
    assert_equal_ends("whole", "stopped")
    assert resumed.test == whole.test
    assert resumed.validation == whole.validation
    assert validations("whole") == validations("stopped")
    first, second = metrics("whole"), metrics("stopped")
    assert [(row["step"], row["train/loss"]) for row in first] == [(row["step"], row["train/loss"]) for row in second]


def said(folder):
    return [
        line.split(": ", 1)[1] for line in Path(folder, "train.log").read_text().splitlines() if " recurra: " in line
    ]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["validate", "test", "pictures"])
@pytest.mark.parametrize("patience", [1, 5])
def test_a_signal_after_training_leaves_only_the_rest_to_do(topics, monkeypatch, stage, patience):
    """Patience 1 with a rate of almost nothing stops early, after the second epoch of four."""
    command = [*TINY, "trainer.max_epochs=4", f"callbacks.early_stopping.patience={patience}", "optimizer.lr=1e-9"]
    whole = recurra.train([*command, "hydra.run.dir=whole"])
    assert whole.epochs == {1: 2, 5: 4}[patience]
    module, name = (conclusion, "_draw") if stage == "pictures" else (SequenceModule, "answer")
    original = getattr(module, name)

    def interrupted(*given):
        if stage == "pictures" or given[0].trainer.state.fn == stage:
            os.kill(os.getpid(), signal.SIGINT)
        return original(*given)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, interrupted)
        stopped = recurra.train([*command, "hydra.run.dir=stopped"])
    assert (stopped.status, stopped.signal) == ("interrupted", "SIGINT")
    assert said("stopped")[-1] == "stopped by SIGINT; to go on: recurra-train resume=stopped/checkpoints/last.ckpt"
    resumed = recurra.train(["resume=stopped/checkpoints/last.ckpt"])
    assert_equal_ends("whole", "stopped")
    assert (resumed.status, resumed.epochs, resumed.steps) == ("finished", whole.epochs, whole.steps)
    assert (resumed.validation, resumed.test) == (whole.validation, whole.test)
    assert Path("stopped/confusion_matrix.png").exists()


def test_a_signal_while_data_is_read_has_nothing_to_go_on_from(topics, monkeypatch):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # under nohup it would be ignored
    monkeypatch.setattr("recurra.data.datamodule.report", lambda *given: os.kill(os.getpid(), signal.SIGTERM))
    stopped = recurra.train([*LONG, "hydra.run.dir=stopped"])
    assert (stopped.status, stopped.signal) == ("interrupted", "SIGTERM")
    assert said("stopped")[-1] == "stopped by SIGTERM; there is nothing yet to go on from"
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_a_resumed_run_counts_on(topics, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 30)
        stopped = recurra.train([*LONG, "hydra.run.dir=stopped"])
    read = weights("stopped")["callbacks"]["Throughput"]
    resumed = recurra.train(["resume=stopped"])  # its last checkpoint
    end = weights("stopped")["callbacks"]["Throughput"]
    assert resumed.train_seconds > stopped.train_seconds >= read["seconds"] > 0
    assert resumed.tokens_per_second == pytest.approx(end["tokens"] / end["step_seconds"])
    assert end["tokens"] == pytest.approx(read["tokens"] * 48 / 30, rel=0.1)
    lines = [line for line in said("stopped") if line.startswith("epoch ")]
    scores = [float(re.search(r"f1_macro (\S+)", line)[1]) for line in lines]
    assert len(scores) == 4
    for number, line in enumerate(lines):  # printed to three digits, so that equal ones may hide a better one
        if scores[number] < max(scores[:number], default=-1):
            assert "best so far" not in line
        elif scores[number] > max(scores[:number], default=-1):
            assert "best so far" in line


@pytest.mark.slow
def test_a_run_that_goes_on_is_left_alone(topics):
    command = [sys.executable, "-m", "recurra.commands.train", *LONG, "trainer.max_epochs=5000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (found := list(Path("outputs").glob("*/*/checkpoints/last.ckpt"))) and time.monotonic() < deadline:
            time.sleep(0.1)
        with pytest.raises(ConfigError, match="belongs to a run that is going on"):
            recurra.train([f"resume={found[0]}"])
        assert newest_unfinished([*LONG, "trainer.max_epochs=5000"]) is None
    finally:
        process.kill()
        process.wait()
    assert newest_unfinished([*LONG, "trainer.max_epochs=5000"]) == found[0]


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


def flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [flipped, lambda data: data[: len(data) // 2], lambda data: b"", None])
@pytest.mark.parametrize("how", ["resume=auto", "resume=stopped/checkpoints/last.ckpt"])
def test_a_damaged_last_checkpoint_is_told_and_the_one_before_used(topics, monkeypatch, capsys, damage, how):
    command = [*LONG, "callbacks.last.every_n_steps=5"]
    whole = recurra.train([*command, "hydra.run.dir=whole"])
    with monkeypatch.context() as patch:
        stop_after(patch, 31)
        recurra.train([*command, "hydra.run.dir=stopped"])
    last = Path("stopped/checkpoints/last.ckpt")
    if damage is None:  # where files have no second names, a kill between two renamings
        last.unlink()
        if how != "resume=auto":
            how = "resume=stopped/checkpoints/previous.ckpt"
    else:
        last.write_bytes(damage(last.read_bytes()))
    capsys.readouterr()
    resumed = recurra.train([*command, "hydra.run.dir=stopped", how] if how == "resume=auto" else [how])
    if damage is not None:
        assert "The one before it is used: stopped/checkpoints/previous.ckpt" in capsys.readouterr().out
    assert_equal_ends("whole", "stopped")
    assert (resumed.validation, resumed.test) == (whole.validation, whole.test)


@pytest.mark.parametrize("second_names", [True, False])
def test_who_looks_for_the_last_checkpoint_of_a_running_run_finds_it(topics, monkeypatch, second_names):
    last, previous = Path("run/checkpoints/last.ckpt").resolve(), Path("run/checkpoints/previous.ckpt").resolve()
    replace, seen = os.replace, []

    def replaced(source, target):
        there = last.is_file()
        replace(source, target)
        if there and last.parent == Path(target).resolve().parent:
            seen.append(last.is_file())

    def refused(source, target):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "replace", replaced)
    if not second_names:  # as FAT does
        monkeypatch.setattr(os, "link", refused)
    recurra.train([*LONG, "hydra.run.dir=run"])
    assert len(seen) >= 3
    assert all(seen) is second_names
    assert [weights("run", name)["epoch"] for name in ("previous", "last")] == [2, 3]
    assert not last.samefile(previous)


def test_other_data_is_refused(topics, monkeypatch, own_place):
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        recurra.train([*LONG, "hydra.run.dir=run"])
    before = topics.read_text()
    topics.write_text(before + "sport,a zebra and a coach\nsport,a zebra and a team\n" * 40)
    with pytest.raises(CheckpointError, match=r"trained on other data.* vocabulary \(36 tokens, now 3\d tokens\)"):
        recurra.train(["resume=run/checkpoints/last.ckpt"])
    topics.write_text(before)
    assert recurra.train(["resume=run/checkpoints/last.ckpt"]).status == "finished"


def test_resume_auto_knows_a_command_however_it_is_quoted(topics, monkeypatch):
    command = [*LONG, "tags=[b c,很好]", "data.text=[text]", "logger=null"]
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        stopped = recurra.train(command)
    assert Path(recurra.train([*command, "resume=auto"]).folder).resolve() == Path(stopped.folder).resolve()


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


def test_what_an_older_version_began_without_the_neighbours_goes_on_without(topics, monkeypatch):
    stop_after(monkeypatch, 5)
    stopped = recurra.train([*LONG, "auxiliary=none"])
    assert stopped.status == "interrupted"
    last = Path(stopped.folder, "checkpoints", "last.ckpt")
    content = torch.load(last, weights_only=True)
    content["recurra"]["config"].pop("auxiliary", None)
    content["recurra"]["overrides"].remove("auxiliary=none")
    torch.save(content, last)
    results = recurra.train([f"resume={last}"])
    assert results.status == "finished"
    assert not [name for name in weights(stopped.folder)["state_dict"] if name.startswith("auxiliary.")]


def test_a_signal_ends_a_whole_sweep(topics, monkeypatch, capsys):
    stop_after(monkeypatch, 5)
    with pytest.raises(SystemExit) as left:
        main(["-m", *LONG, "seed=0,1,2"])
    assert left.value.code == 143
    assert len(list(Path("outputs").rglob("results.json"))) == 1
    assert "stopped by SIGTERM; 3 trials are left. To go on: " in capsys.readouterr().out


def test_a_job_that_fails_leaves_the_others_their_table(topics, monkeypatch, capsys):
    write = conclusion.write_predictions

    def explode(path, *given):
        if "/0/" in str(path):
            raise OSError("the disk is gone")
        write(path, *given)

    monkeypatch.setattr(conclusion, "write_predictions", explode)
    with pytest.raises(SystemExit) as left:
        main(["-m", *TINY, "seed=0,1"])
    out, err = capsys.readouterr()
    assert left.value.code == 1
    assert "trial 0 failed: OSError: the disk is gone\n" in err
    assert "trial 0 (seed=0) failed: OSError: the disk is gone; outputs/sweeps/" in err
    assert "All runs, best first" in out
    assert json.loads(next(Path("outputs").rglob("0/results.json")).read_text())["status"] == "failed"


def test_interrupted_is_no_keyboard_interrupt():
    assert not issubclass(Interrupted, KeyboardInterrupt)
