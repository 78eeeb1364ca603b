"""A sweep as a W&B run of its own."""

import json
from pathlib import Path

import pytest
import wandb
from conftest import TINY, typed
from wandb_file import runs, summary, told

from recurra.commands.train import main

pytestmark = pytest.mark.usefixtures("own_wandb")

SWEEP = Path("outputs/sweeps/a/b")
COMMAND = ["-m", *TINY, "logger=wandb", "trainer.max_epochs=1", f"hydra.sweep.dir={SWEEP}"]


def own_runs():
    """Those that are no trial's."""
    wandb.teardown()
    return [file for file in runs(SWEEP) if file.relative_to(SWEEP).parts[0] == "wandb"]


def trials(folder):
    """The table of them."""
    (file,) = (folder / "wandb").rglob("trials_*.table.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    return [dict(zip(content["columns"], row, strict=True)) for row in content["data"]]


def test_a_sweep_is_a_run_of_its_own_in_the_group_of_its_trials(topics, capsys):
    search = ["model=choice(lstm,gru)", "optimizer.lr=interval(0.001,0.02)", "hydra.sweeper.n_trials=6"]
    code, out, err = typed(capsys, main, *COMMAND, *search)
    assert (code, err) == (0, "")
    assert f"6 of its runs are offline. To see them there: wandb sync {SWEEP}/*/wandb/offline-run-*" in out
    (file,) = own_runs()
    assert f"To see the run there: wandb sync {file.parent}" in out
    own = told(file, "run")[0]
    assert (own.display_name, own.job_type, own.run_group) == ("sweep a-b", "sweep", "a-b")
    others = [told(other, "run")[0] for other in runs(SWEEP) if other != file]
    assert {other.run_group for other in others} == {"a-b"}
    assert len(others) == 6
    found = json.loads((SWEEP / "sweep.json").read_text())
    rows = trials(SWEEP)
    for row, trial in zip(rows, found["trials"], strict=True):
        assert (row["trial"], row["status"]) == (trial["number"], "finished")
        assert (row["model"], row["optimizer.lr"]) == (
            trial["parameters"]["model"],
            trial["parameters"]["optimizer.lr"],
        )
        assert [row["f1_macro"]] == trial["values"]
    end = summary(file)
    assert end["status"] == "finished"
    assert end["best/f1_macro"] == found["best"]["values"][0]
    assert end["best/trial"] == found["best"]["number"]
    assert list((SWEEP / "wandb").rglob("slices_*.png"))


def test_a_trial_that_failed_is_in_the_table_with_its_reason(topics, capsys):
    wild = ["optimizer=sgd", "trainer.gradient_clip_val=null", "optimizer.lr=0.01,3e38"]
    assert typed(capsys, main, *COMMAND, *wild)[0] == 1
    own_runs()
    assert [row["status"] for row in trials(SWEEP)] == ["finished", "failed"]
    assert "no finite number" in trials(SWEEP)[1]["reason"]


def test_no_run_without_w_b_or_without_a_finished_trial(topics, capsys):
    assert typed(capsys, main, *COMMAND, "logger=csv", "seed=0,1")[0] == 0
    wild = ["optimizer=sgd", "trainer.gradient_clip_val=null", "optimizer.lr=2e38,3e38", "hydra.sweep.dir=other/one"]
    assert typed(capsys, main, *COMMAND, *wild)[0] == 1
    assert own_runs() == []
    assert not Path("other/one/wandb").exists()
