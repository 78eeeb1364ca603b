"""Whole sweeps: stopped, killed, gone on with, pruned, failing."""

import json
import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest
import torch
from conftest import TINY, sentences, typed, write_csv
from processes import ended, start

from recurra.commands.train import main, train
from recurra.errors import ConfigError

SWEEP = Path("outputs/sweeps/s")
SHORT = ["-m", *TINY, "trainer.max_epochs=1", "logger=null", f"hydra.sweep.dir={SWEEP}"]
SEARCH = [
    *SHORT,
    "model=choice(lstm,gru)",
    "optimizer.lr=tag(log,interval(1e-3,1e-2))",
    'model.forget_bias=tag("model=lstm",interval(0,2))',
]


def results():
    return {
        int(file.parent.name): json.loads(file.read_text())
        for file in sorted(SWEEP.glob("*/results.json"), key=lambda file: int(file.parent.name))
    }


def finished():
    return {number: told["train_seconds"] for number, told in results().items() if told["status"] == "finished"}


@pytest.mark.slow
def test_a_sweep_is_killed_ten_times_and_loses_nothing_that_was_done(topics):
    command = [*SHORT, "seed=range(8)", "optimizer.lr=0.01"]
    draw = random.Random(0)
    done, folders = {}, set()
    for _ in range(10):
        process = start(*command)
        time.sleep(draw.uniform(0.5, 4))
        process.kill()
        process.join()
        now = finished()
        assert {number: now.get(number) for number in done} == done  # none was made again
        done = now
        folders |= {path.name for path in SWEEP.glob("[0-9]*")}
    assert ended(start(*command), 120) == 0
    assert {number: seconds for number, seconds in finished().items() if number in done} == done
    told = [one for one in results().values() if one["status"] == "finished"]
    assert sorted(one["seed"] for one in told) == list(range(8))
    assert folders <= {path.name for path in SWEEP.glob("[0-9]*")}  # a number is never used twice


@pytest.mark.slow
def test_the_sweep_or_one_of_its_processes_is_killed_ten_times_and_nothing_is_lost_beside_what_ran(topics):
    launcher = ["hydra/launcher=processes", "hydra.launcher.n_jobs=2", "hydra.launcher.threads=1"]
    command = [*SHORT, "seed=range(24)", "optimizer.lr=0.01", *launcher]
    draw = random.Random(1)
    done, killed = {}, 0
    for _ in range(10):
        process = start(*command)
        time.sleep(draw.uniform(2, 5))
        jobs = [each for each in psutil.Process(process.pid).children(recursive=True) if is_job(each)]
        if jobs and draw.random() < 0.5:
            draw.choice(jobs).kill()
            killed += 1
            time.sleep(1)
        process.kill()
        process.join()
        now = finished()
        assert {number: now.get(number) for number in done} == done
        done = now
    assert ended(start(*command), 180) in (0, 1)
    told = [one["seed"] for one in results().values() if one["status"] == "finished"]
    assert len(told) == len(set(told)) >= 24 - killed
    summary = json.loads((SWEEP / "sweep.json").read_text())
    statuses = [trial["status"] for trial in summary["trials"]]
    assert statuses.count("finished") == len(told)
    assert set(statuses) <= {"finished", "failed"}
    assert len(statuses) == 24


def is_job(process):
    """Whether it makes a trial: what it says goes to its run's folder."""
    return os.path.realpath(f"/proc/{process.pid}/fd/1").endswith("console.log")


def test_a_search_goes_on_and_n_trials_is_the_total(capsys, topics):
    code, out, err = typed(capsys, main, *SEARCH, "hydra.sweeper.n_trials=2")
    assert (code, err) == (0, "")
    assert "checked: 2 jobs" in out
    first = finished()
    code, out, err = typed(capsys, main, *SEARCH, "hydra.sweeper.n_trials=4")
    assert (code, err) == (0, "")
    assert list(results()) == [0, 1, 2, 3]
    assert {number: seconds for number, seconds in finished().items() if number < 2} == first
    for told in results().values():
        bias = [o for o in told["overrides"] if o.startswith("model.forget_bias=")]
        assert len(bias) == (told["model"] == "lstm")
    code, _, err = typed(capsys, main, *SEARCH[:-1], "hydra.sweeper.n_trials=4")
    assert code == 2
    assert "begun with another command" in err
    assert len(results()) == 4


@pytest.mark.parametrize("sampler", ["tpe", "random", "gp", "cmaes", "grid"])
def test_every_sampler(capsys, topics, sampler):
    given = ["model.hidden_size=choice(4,8)", "optimizer.lr=0.001,0.01,0.02", f"hydra/sweeper/sampler={sampler}"]
    code, _, err = typed(capsys, main, *SHORT, *given, "hydra.sweeper.n_trials=3", "trainer.max_steps=1")
    assert (code, err) == (0, "")
    typed_last = [told["overrides"][-2:] for told in results().values()]
    assert len(typed_last) == 3
    if sampler == "grid":
        sizes = [[o for o in told["overrides"] if "hidden_size" in o][-1][-1] for told in results().values()]
        assert sizes == ["4", "4", "4"]


def test_editing_files_changes_nothing_that_waits(capsys, topics, own_place):
    own = own_place / "own" / "optimizer"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("_target_: torch.optim.Adam\n_partial_: true\nlr: 0.01\n")
    command = [*SHORT, "--config-dir", str(own.parent), "optimizer=mine", "hydra/sweeper/sampler=grid", "seed=0,1"]
    code, _, err = typed(capsys, main, *command, "hydra.sweeper.n_trials=1")
    assert (code, err) == (0, "")
    (own / "mine.yaml").write_text("_target_: torch.optim.SGD\n_partial_: true\nlr: 0.5\n")
    code, _, err = typed(capsys, main, *command, "hydra.sweeper.n_trials=2")
    assert (code, err) == (0, "")
    configs = [(SWEEP / number / "config.yaml").read_text() for number in "01"]
    assert all("torch.optim.Adam\n" in text and "lr: 0.01" in text for text in configs)
    # A mistake in them is no submission: it is mended, and the same command begins.
    (own / "mine.yaml").write_text("_target_: torch.optim.Adam\n_partial_: true\nlr: -1\n")
    other = [part.replace(str(SWEEP), "outputs/sweeps/t") for part in command]
    assert typed(capsys, main, *other)[0] == 2
    (own / "mine.yaml").write_text("_target_: torch.optim.Adam\n_partial_: true\nlr: 0.02\n")
    assert typed(capsys, main, *other)[0] == 0


def test_the_commit_and_its_changes_are_kept(capsys, topics, own_place):
    write_csv(own_place / "topics.csv", sentences(240))
    identity = "-c user.name=a -c user.email=a@b"
    os.system("git init -q . && git add topics.csv && git " + identity + " commit -qm first")
    (own_place / "topics.csv").write_text((own_place / "topics.csv").read_text() + "sport,one more coach\n")
    assert typed(capsys, main, *SHORT, "seed=0,1", "trainer.max_steps=1")[0] == 0
    commit = (SWEEP / "frozen" / "commit.txt").read_text()
    assert len(commit.strip("+\n")) == 40
    assert "+sport,one more coach" in (SWEEP / "frozen" / "changes.patch").read_text()


def test_trials_that_fail_are_told_and_the_others_made(capsys, topics, monkeypatch):
    from recurra import conclusion

    write = conclusion.write_predictions

    def explode(path, *given):
        if "/1/" in str(path):
            torch.empty(1 << 50)  # more than there is anywhere
        write(path, *given)

    monkeypatch.setattr(conclusion, "write_predictions", explode)
    # The second fails for a reason that nobody foresaw, the third since its loss becomes infinite.
    wild = ["optimizer=sgd", "trainer.gradient_clip_val=null", "optimizer.lr=0.01,0.02,3e38,0.03"]
    code, _, err = typed(capsys, main, *SHORT, *wild)
    assert code == 1
    assert [told["status"] for told in results().values()] == ["finished", "failed", "failed", "finished"]
    assert "trial 1 (lr=0.02) failed: RuntimeError: " in err
    assert "can't allocate memory" in err
    assert "outputs/sweeps/s/1/train.log" in err
    assert "Traceback" in (SWEEP / "1" / "train.log").read_text()
    assert "Traceback" not in err
    assert "trial 2 (lr=3e+38) failed: The training loss is no finite number any more" in err
    # They have come to their end: gone on with, the sweep tells them again and makes none.
    assert typed(capsys, main, *SHORT, *wild)[0] == 1
    assert len(results()) == 4


def test_too_many_failures_end_a_sweep(capsys, topics):
    wild = ["optimizer=sgd", "trainer.gradient_clip_val=null", "optimizer.lr=1e38,2e38,3e38,0.01"]
    code, out, _ = typed(capsys, main, *SHORT, *wild, "hydra.sweeper.max_failures=2")
    assert code == 1
    assert len(results()) == 2
    assert "too many failed; 2 trials are left. To go on: " in out


def test_what_promises_nothing_is_pruned(capsys, topics):
    # The first two learn; the others, whose learning rate is next to nothing, end after an epoch.
    rates = "optimizer.lr=0.02,0.03,1e-9,1e-8"
    pruner = ["hydra/sweeper/pruner=median", "hydra.sweeper.pruner.n_startup_trials=2", "trainer.max_epochs=3"]
    code, _, err = typed(capsys, main, *SHORT, rates, *pruner, "logger=csv")
    assert (code, err) == (0, "")
    told = results()
    assert [one["status"] for one in told.values()] == ["finished", "finished", "pruned", "pruned"]
    assert [one["epochs"] for one in told.values()] == [3, 3, 1, 1]
    assert told[2]["validation"]["f1_macro"] < told[0]["validation"]["f1_macro"]
    assert told[2]["test"] == {}
    assert "pruned after validation 2" in (SWEEP / "2" / "train.log").read_text()


@pytest.mark.slow
def test_a_signal_lets_a_sweep_go_on(topics):
    command = [*SHORT, "seed=range(3)", "trainer.max_epochs=60", "callbacks.early_stopping=null"]
    process = start(*command)
    deadline = time.monotonic() + 60
    while not (SWEEP / "0/checkpoints/last.ckpt").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    assert ended(process) == 130
    assert {number: told["status"] for number, told in results().items()} == {0: "interrupted"}
    assert ended(start(*command[:-2], "trainer.max_epochs=60", "callbacks.early_stopping=null"), 120) == 0
    assert sorted(told["seed"] for told in results().values() if told["status"] == "finished") == [0, 1, 2]


def test_several_objectives(capsys, topics):
    both = "hydra.sweeper.objectives={f1_macro: maximize, parameters: minimize}"
    code, _, err = typed(capsys, main, *SHORT, "model.hidden_size=4,8", both)
    assert (code, err) == (0, "")
    code, _, err = typed(capsys, main, *SHORT, "model.hidden_size=4,8", both, "hydra/sweeper/pruner=asha")
    assert code == 2
    assert "Nothing is pruned by several objectives" in err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["seed=0,1", "hydra.sweeper.objectives={f1_mac: maximize}"], "Did you mean 'f1_macro'"),
        (["task=classification,language_model"], "go by different scores"),
        (["seed=range(2)", "hydra.sweeper.n_trials=2"], "the luckiest one found"),
        (["hydra.sweeper.n_trials=2"], "nothing varies"),
        (["seed=0,1", "hydra/sweeper/pruner=median", "hydra.sweeper.pruner.n_startup_trials=-1"], "n_startup_trials"),
        (["hydra.sweeper.n_trials=2", "hydra.sweeper.sampler.n_startup_trials=many"], "'many' does not fit"),
        (["data.fold=range(4)", "data.folds=3"], "data.fold=3: expected 0 to 2"),
        (["seed=0,1", "hydra.launcher=processes"], "hydra/launcher=processes"),
        (["seed=0,1", "hydra.sweeper.storage=sqlite:////nowhere/at/all.db"], "hydra.sweeper.storage="),
    ],
)
def test_what_cannot_be_is_told_before_any_run_and_leaves_no_copies(capsys, topics, given, told):
    code, _, err = typed(capsys, main, *SHORT, *given)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert not list(SWEEP.glob("[0-9]*"))
    assert not (SWEEP / "frozen").exists()


def test_a_folder_of_configurations_may_hold_the_sweep_itself(capsys, topics, own_place):
    (own_place / "optimizer").mkdir()
    (own_place / "optimizer" / "mine.yaml").write_text("_target_: torch.optim.Adam\n_partial_: true\nlr: 0.01\n")
    command = [*SHORT, "--config-dir", ".", "optimizer=mine", "seed=0,1", "trainer.max_steps=1"]
    code, out, err = typed(capsys, main, *command)
    assert (code, err) == (0, "")
    assert "recurra-train --config-dir . " in out
    copies = [path for path in (SWEEP / "frozen").rglob("*.yaml") if "command-line" in str(path)]
    assert [path.name for path in copies] == ["mine.yaml"]


@pytest.mark.slow
def test_the_same_command_typed_twice_at_once_is_one_sweep(topics):
    command = [*SHORT, "seed=range(6)", "trainer.max_steps=2"]
    assert [ended(process, 120) for process in [start(*command), start(*command)]] == [0, 0]
    assert sorted(told["seed"] for told in results().values()) == list(range(6))


def test_a_dry_run_tells_and_leaves_nothing(capsys, topics, own_place):
    code, out, err = typed(capsys, main, *SHORT[:-1], "dry_run=true", "model=lstm,gru", "seed=0,1")
    assert (code, err) == (0, "")
    assert "model=gru seed=1" in out
    assert "checked: 4 jobs; a batch went through 2 models." in out
    code, out, err = typed(capsys, main, *TINY, "dry_run=true")
    assert (code, err) == (0, "")
    assert "checked: 1 job; a batch went through 1 model." in out
    with pytest.raises(ConfigError, match="no results to return"):
        train([*TINY, "dry_run=true"])
    assert [path.name for path in own_place.rglob("*") if path.is_file()] == ["topics.csv"]
