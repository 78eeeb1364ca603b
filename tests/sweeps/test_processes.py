"""`hydra/launcher=processes`: jobs in processes of their own, whatever ends them."""

import json
import os
import pty
import re
import signal
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import conftest
import deeds
import processes
import pytest
import rich
from conftest import TINY
from hydra import initialize_config_module
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.core.utils import JobStatus
from hydra.types import HydraContext, RunMode

import recurra.sweeps.processes
from recurra.commands.plugins import register_plugins
from recurra.commands.train import main
from recurra.errors import ConfigError
from recurra.sweeps.launching import Job
from recurra.sweeps.slots import Slot

pytestmark = pytest.mark.slow  # a server imports torch and Lightning anew

LAUNCHER = ["-m", "hydra/launcher=processes", "hydra.sweep.dir=sweep"]
ENDLESS = [*TINY, *LAUNCHER, "trainer.max_epochs=100000", "callbacks.early_stopping=null", "logger=null"]


def launcher(deed, *options):
    """What a sweep has of Hydra, for jobs that do `deed`."""
    with initialize_config_module("recurra.conf", version_base="1.3"):
        hydra = GlobalHydra.instance().hydra
        typed = [*LAUNCHER[1:], *(f"hydra.launcher.{option}" for option in options)]
        config = hydra.compose_config("train", typed, run_mode=RunMode.MULTIRUN)
        context = HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks())
    register_plugins()
    return Plugins.instance().instantiate_launcher(context, deed, config)


def jobs(count):
    """A function that gives so many, whose seed is their number."""
    waiting = [Job(number, [f"seed={number}", f"hydra.sweep.subdir={number}"]) for number in range(count)]
    return lambda: waiting.pop(0) if waiting else None


def reasons(launched, count):
    return {ended.job.number: ended.reason for ended in launched.stream(jobs(count))}


def results(number):
    return json.loads(Path("sweep", str(number), "results.json").read_text())


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


def trains(number):
    log = Path("sweep", str(number), "train.log")
    return log.is_file() and "epoch 2/" in log.read_text()


def at_work_here():
    """Processes in this folder, but for this one and those that it started itself: its fork server stays."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if os.readlink(process / "cwd") == os.getcwd() and os.getpid() not in (int(process.name), parent):
                found.append(int(process.name))
        except OSError:  # it has just ended
            continue
    return found


def read_all(terminal, said):
    """Until the other end is closed, which Linux says by an error."""
    with suppress(OSError):
        while part := os.read(terminal, 1 << 16):
            said.append(part)


def test_each_job_has_a_process_and_cores_of_its_own(monkeypatch):
    monkeypatch.setenv("OF_THIS_TEST", "here")
    launched = launcher(deeds.tell, "n_jobs=2")
    told = [returned.return_value for returned in launched.launch([["seed=5"], ["seed=6"], ["seed=7"]], 0)]
    assert [each["seed"] for each in told] == [5, 6, 7]
    assert len({each["pid"] for each in told} | {os.getpid()}) == 4
    assert {each["parent"] for each in told} != {os.getpid()}
    first, second = (set(slot.cores) for slot in launched.slots)
    assert [set(each["cores"]) for each in told[:2]] == [first, second]
    assert not first & second
    assert set(told[2]["cores"]) in (first, second)  # it came back to the pool
    assert [each["threads"] for each in told[:2]] == [len(first), len(second)]
    assert {each["folder"] for each in told} == {os.getcwd()}
    for each in told:
        assert each["variables"] == {"GOMP_SPINCOUNT": "1000", "OMP_NUM_THREADS": None, "OF_THIS_TEST": "here"}


def test_each_job_has_gpus_of_its_own(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5,GPU-8a")
    launched = launcher(deeds.tell, "n_jobs=2")
    launched.slots = [Slot((0,), ("3", "5")), Slot((0,), ("GPU-8a",)), Slot((0,))]
    told = [returned.return_value for returned in launched.launch([["seed=0"], ["seed=1"], ["seed=2"]], 0)]
    assert [each["gpus"] for each in told] == ["3,5", "GPU-8a", "3,5,GPU-8a"]


def test_a_job_that_dies_is_told_and_the_others_go_on():
    assert reasons(launcher(deeds.die, "n_jobs=2"), 3) == {0: "killed by SIGKILL (out of memory?)", 1: None, 2: None}


@pytest.mark.parametrize(
    ("deed", "reason"), [(deeds.fail, "Own: this and that"), (deeds.leave, "its process ended with status 7")]
)
def test_a_job_that_fails_says_why(deed, reason):
    launched = launcher(deed)
    assert reasons(launched, 1) == {0: reason}
    (returned,) = launched.launch([["seed=0"]], 0)
    assert returned.status == JobStatus.FAILED
    with pytest.raises(RuntimeError, match=reason):
        _ = returned.return_value


def test_a_job_that_cannot_be_composed_says_why():
    (returned,) = launcher(deeds.tell).launch([["sed=0"]], 0)
    assert "sed" in str(returned._return_value)


@pytest.mark.parametrize("deed", [deeds.sleep, deeds.refuse])
def test_a_time_limit_ends_a_job(monkeypatch, deed):
    monkeypatch.setattr(recurra.sweeps.processes, "GRACE", 0.5)
    launched = launcher(deed, "n_jobs=2", "time_limit=0.02")
    assert reasons(launched, 2) == dict.fromkeys(range(2), "time limit of 0.02 minutes")
    assert at_work_here() == []


def test_a_run_writes_a_checkpoint_when_its_time_is_over(capsys, topics):
    code, _, err = conftest.typed(capsys, main, *ENDLESS, "seed=0,1", "hydra.launcher.time_limit=0.12")
    assert code == 1
    assert err.count("time limit of 0.12 minutes") == 4  # at once and in the end
    for number in range(2):
        assert results(number)["status"] == "interrupted"
        assert Path("sweep", str(number), "checkpoints", "last.ckpt").is_file()


def test_ctrl_c_asks_jobs_to_write_a_checkpoint(capsys, topics):
    def interrupt():
        wait_for(lambda: trains(0) and trains(1))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    code, out, _ = conftest.typed(capsys, main, *ENDLESS, "seed=0,1,2", "hydra.launcher.n_jobs=2")
    thread.join()
    assert code == 130
    assert "stopped by SIGINT; 3 trials are left" in out
    for number in range(2):
        assert (results(number)["status"], results(number)["signal"]) == ("interrupted", "SIGTERM")
        assert Path("sweep", str(number), "checkpoints", "last.ckpt").is_file()
    assert at_work_here() == []


def test_a_second_ctrl_c_kills():
    def interrupt():
        wait_for(lambda: Path("0.pid").exists() and Path("1.pid").exists())
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
        assert len(at_work_here()) >= 2
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        launcher(deeds.refuse, "n_jobs=2").launch([["seed=0"], ["seed=1"]], 0)
    thread.join()
    assert at_work_here() == []


def test_closing_ends_the_jobs():
    launched = launcher(deeds.sleep, "n_jobs=2")
    waiting = [Job(0, ["seed=["]), *(Job(number, [f"seed={number}"]) for number in range(1, 3))]
    with closing(launched.stream(lambda: waiting.pop(0) if waiting else None)) as stream:
        assert next(stream).job.number == 0  # it cannot be composed
        wait_for(lambda: Path("1.pid").exists())
    assert at_work_here() == []


def test_nothing_outlives_a_sweep_that_is_killed(topics):
    ranks = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    sweep = processes.start(*ENDLESS, *ranks, "seed=0,1", "hydra.launcher.n_jobs=2")
    wait_for(lambda: trains(0) and trains(1), 120)
    assert len(at_work_here()) >= 6  # the sweep, its server, two jobs of two ranks
    sweep.kill()
    wait_for(lambda: at_work_here() == [], 10)


def test_a_ddp_run_inside(capsys, topics):
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2", "trainer.max_epochs=1"]
    more = ["data.num_workers=1", "logger=null", "hydra.launcher.n_jobs=1"]
    code, _, err = conftest.typed(capsys, main, *TINY, *LAUNCHER, *ddp, *more)
    assert code == 0, err
    assert (results(0)["status"], results(0)["steps"], results(0)["test"]["rows"]) == ("finished", 3, 24)


@pytest.mark.parametrize("sweeper", ["recurra", "basic"])
def test_a_sweep_says_a_line_when_a_job_starts_and_one_when_it_has_ended(capsys, topics, sweeper):
    code, out, err = conftest.typed(capsys, main, *TINY, *LAUNCHER, f"hydra/sweeper={sweeper}", "model=gru,lstm")
    assert code == 0, err
    assert len(re.findall(r"^job [01] started  model=(?:gru|lstm)$", out, re.MULTILINE)) == 2
    assert len(re.findall(r"^job [01] finished after 0:\d\d  val f1_macro \d.\d{4}  model=", out, re.MULTILINE)) == 2
    assert [results(number)["model"] for number in range(2)] == ["gru", "lstm"]
    assert "epoch 3/3" not in out
    assert "epoch 3/3" in Path("sweep", "0", "console.log").read_text()


def test_a_person_sees_a_table(monkeypatch, topics):
    leader, follower = pty.openpty()
    said = []
    reader = threading.Thread(target=read_all, args=(leader, said))
    reader.start()
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "140", "LINES": "40"}.items():
        monkeypatch.setenv(name, value)
    with open(follower, "w") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(rich, "_console", None)  # rich asks once, when it is first used, whether there is a terminal
        with pytest.raises(SystemExit) as left:
            main([*TINY, *LAUNCHER, "model=gru,lstm,rnn"])  # the third begins when another has ended
    reader.join()
    os.close(leader)
    assert left.value.code == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(said).decode())
    assert re.search(r"^ +job +what differs +time +says", text, re.MULTILINE)
    assert re.search(r"^ +0 +model=gru +0:\d\d +(begins|epoch|model)", text, re.MULTILINE)
    assert re.search(r"[12] done; best so far: job [01], val f1_macro", text)
    assert len(re.findall(r"job [012] finished after", text)) == 3
    assert "Warning" not in text


@pytest.mark.parametrize(
    ("option", "told"),
    [("n_jobs=0", "greater than 0"), ("n_jobs=9999", "9999 jobs at once"), ("time_limit=soon", "time_limit='soon'")],
)
def test_an_option_that_does_not_fit_is_told_before_anything_starts(option, told):
    with pytest.raises(ConfigError, match=told):
        launcher(deeds.tell, option)
