"""Several processes on the CPU do what one does, in one folder, and end together."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import processes
import pyarrow.parquet as pq
import pytest
from conftest import TINY, sentences, write_csv
from processes import output
from test_resume import assert_equal_ends
from wandb_file import records, runs

pytestmark = pytest.mark.slow

RANKS = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
STILL = ["embedding.dropout=0", "embedding.word_dropout=0", "task.dropout=0", "auxiliary.dropout=0"]
LONG = [*TINY, *RANKS, "trainer.max_epochs=2000", "callbacks.early_stopping=null", "hydra.run.dir=run"]


@pytest.fixture
def odd(own_place):
    """topics.csv with 251 rows: 201, 25 and 25, which no two ranks can share evenly."""
    return write_csv(own_place / "topics.csv", sentences(251))


begin = partial(processes.begin, "recurra.commands.train")


def typed(*arguments):
    return output(begin(*arguments))


def told(folder):
    return json.loads(Path(folder, "results.json").read_text())


def losses(folder):
    with open(Path(folder, "metrics.csv"), newline="") as file:
        return [float(row["train/loss"]) for row in csv.DictReader(file) if row["train/loss"]]


def others(process):
    """The process numbers of its other ranks."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_text()
            parent = status.read_text().split("PPid:\t")[1].split("\n")[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "recurra.commands.rank" in command and int(parent) == process.pid:
            found.append(int(status.parent.name))
    return found


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_two_ranks_learn_what_one_process_does(odd):
    both = [*TINY, *STILL, "trainer.log_every_n_steps=1", "optimizer.lr=0.01", "loss.l2=0.01"]
    typed(*both, "data.batch_size=32", "hydra.run.dir=one")
    typed(*both, *RANKS, "data.batch_size=16", "hydra.run.dir=two")
    one, two = losses("one"), losses("two")
    assert len(one) >= 20
    assert len(one) == len(two)
    assert two == pytest.approx(one, abs=1e-4)
    for split in ("validation", "test"):
        assert told("two")[split]["rows"] == 25
        for score in ("loss", "accuracy", "f1_macro", "calibration_error"):
            assert told("two")[split][score] == pytest.approx(told("one")[split][score], abs=1e-4)
        rows = pq.read_table(f"two/predictions_{split}.parquet")["row"].to_pylist()
        assert rows == list(range(25))


def test_the_ranks_share_a_folder_and_a_logger_and_one_speaks(topics):
    out = typed(*TINY, *RANKS, "logger=wandb", "hydra.run.dir=run")
    lines = [line for line in out.splitlines() if line.strip()]
    assert len(lines) == len(set(lines))
    assert sum(line.startswith("epoch ") for line in lines) == 3
    assert out.count("files: run") == 1
    assert out.count("test of topics: 24 rows") == 1
    assert (told("run")["test"]["rows"], told("run")["validation"]["rows"], told("run")["steps"]) == (24, 24, 9)
    assert [path.name for path in Path().iterdir() if path.is_dir()] == ["run"]
    (run,) = Path("run").rglob("run-*.wandb")
    history = [record.history for record in records(run) if record.WhichOneof("record_type") == "history"]
    assert len(history) > 3
    assert not list(Path("run").glob("rank*.log"))
    with open("run/metrics.csv", newline="") as file:
        assert sum(bool(row["val/f1_macro"]) for row in csv.DictReader(file)) == 3


@pytest.mark.parametrize("devices", ["1,2", "2,1"])
def test_each_job_of_a_sweep_has_its_own_ranks(topics, devices):
    out = typed(*TINY, "-m", "trainer=ddp", "trainer.accelerator=cpu", f"trainer.devices={devices}", "logger=wandb")
    assert "All runs, best first" in out
    (sweep,) = Path("outputs/sweeps").glob("*/*")
    assert sorted(path.name for path in sweep.glob("[0-9]*")) == ["0", "1"]
    assert len(list(Path("outputs").rglob("results.json"))) == 2
    assert [file.relative_to(sweep).parts[0] for file in runs(sweep)] == ["0", "1", "wandb"]  # the sweep's own
    for number, count in enumerate(devices.split(",")):
        results = told(sweep / str(number))
        assert f"trainer.devices={count}" in results["overrides"]
        assert results["steps"] == {"1": 18, "2": 9}[count]  # of 6 batches an epoch, or 3 for each of two ranks


def test_python_starts_ranks_too(topics):
    code = f"import recurra; print(recurra.train({[*TINY, *RANKS]!r}).steps)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "9"


def test_a_rank_that_dies_ends_the_run_with_its_reason(topics):
    process = begin(*LONG)
    wait_for(lambda: Path("run/checkpoints/last.ckpt").exists())
    (rank,) = others(process)
    os.kill(rank, signal.SIGTERM)  # which it ignores, since the first one decides
    time.sleep(1)
    assert process.poll() is None
    os.kill(rank, signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("error: rank 1 of the run was ended by SIGKILL")
    assert "Traceback" not in err
    wait_for(lambda: gone(rank))
    assert told("run")["status"] == "failed"
    assert "rank 1" in told("run")["error"]


def test_a_rank_that_raises_says_why(topics, own_place):
    (own_place / "mine.py").write_text(
        "from lightning.pytorch import Callback\n\n\nclass Fails(Callback):\n"
        "    def on_train_batch_end(self, trainer, *given):\n"
        "        if trainer.global_rank == 1 and trainer.global_step == 4:\n"
        "            raise ValueError('the second GPU is on fire')\n"
    )
    process = begin(*LONG, "+callbacks.fails._target_=mine.Fails", PYTHONPATH=own_place)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "rank 1 of the run ended with status 1" in err
    assert "the second GPU is on fire" in err
    assert "Traceback" not in err


def test_no_rank_outlives_the_first(topics):
    process = begin(*LONG)
    wait_for(lambda: Path("run/checkpoints/last.ckpt").exists())
    (rank,) = others(process)
    process.kill()
    process.communicate()
    wait_for(lambda: gone(rank))


def test_a_signal_stops_all_ranks_and_they_go_on(topics):
    command = [*TINY, *RANKS, "trainer.max_epochs=8", "callbacks.early_stopping=null", "data.batch_size=8"]
    typed(*command, "hydra.run.dir=whole")
    process = begin(*command, "hydra.run.dir=stopped", new_session=True)
    wait_for(lambda: Path("stopped/checkpoints/last.ckpt").exists())
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "to go on: recurra-train resume=" in out
    assert told("stopped")["status"] == "interrupted"
    typed("resume=stopped/checkpoints/last.ckpt")
    assert_equal_ends("whole", "stopped")
    assert told("stopped")["test"] == told("whole")["test"]
