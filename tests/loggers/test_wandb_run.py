"""W&B runs, as their own files tell them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import wandb
import yaml
from conftest import TINY, status
from wandb_file import runs, summary, told
from wandb_server import WandbServer

import recurra
from recurra.commands.train import main
from recurra.errors import ConfigError

pytestmark = pytest.mark.usefixtures("own_wandb")

SHORT = [*TINY, "logger=wandb", "trainer.max_steps=1"]


def test_without_a_login_the_run_is_offline_and_says_how_to_sync(topics, capsys):
    results = recurra.train([*TINY, "logger=wandb", "tags=[first,good]"])
    (file,) = runs(results.folder)
    assert "offline-run" in file.parent.name
    said = capsys.readouterr().out
    assert f"wandb sync {os.path.relpath(file.parent)}\n" in said
    (run,) = told(file, "run")[:1]
    assert run.project == "recurra"
    assert run.display_name == "lstm-topics size=16 hidden_size=12 min_frequency=1 batch_size=32"
    assert list(run.tags) == ["first", "good"]
    (end,) = told(file, "exit")
    assert end.exit_code == 0
    keys = {item.key or ".".join(item.nested_key) for row in told(file, "history") for item in row.item}
    assert {"val/loss", "val/f1_macro", "train/loss", "test/accuracy", "trainer/global_step"} <= keys
    assert all(any("trainer/global_step" in item.nested_key for item in row.item) for row in told(file, "history"))
    assert summary(file)["status"] == "finished"
    drawn = {metric.name or metric.glob_name: metric for metric in told(file, "metric")}
    assert (drawn["*"].step_metric, drawn["*"].options.step_sync) == ("trainer/global_step", True)


def test_a_run_carries_its_configuration(topics):
    results = recurra.train([*TINY, "logger=wandb", "trainer.max_steps=1"])
    (run,) = told(*runs(results.folder), "run")[:1]
    config = {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in run.config.update}
    assert config["model.hidden_size"] == 12
    assert config["choices.model"] == "lstm"
    assert config["seed"] == 0
    assert config["command"].startswith("recurra-train data=csv data.train=topics.csv ")
    assert not any(isinstance(value, dict) for key, value in config.items() if key != "_wandb")


@pytest.mark.slow
def test_logged_in_a_server_hears_all_of_it(topics, monkeypatch, capsys):
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
        with pytest.raises(SystemExit) as left:
            main(["-m", *TINY, "logger=wandb", "seed=0,1", "tags=[很好]"])
        assert left.value.code == 0
        wandb.teardown()
    assert capsys.readouterr().out.count(f"W&B: {server.url}/somebody/recurra/runs/") == 3
    first, second, sweep = server.runs.values()
    assert (sweep["jobType"], sweep["groupName"]) == ("sweep", first["groupName"])
    assert first["project"] == "recurra"
    assert first["groupName"] == second["groupName"]
    assert first["jobType"] == "train"
    assert first["tags"] == ["很好"]
    assert sorted(json.loads(run["config"])["seed"]["value"] for run in (first, second)) == [0, 1]
    for run in list(server.runs)[:2]:
        losses = [row["train/loss"] for row in server.rows[run] if "train/loss" in row]
        assert len(losses) == 3
        assert server.summaries[run]["status"] == "finished"
        assert server.summaries[run]["test/accuracy"] > 0
    assert list(server.exits.values()) == [0, 0, 0]


def test_a_failed_run_is_marked_failed(topics, monkeypatch):
    def explode(*given, **options):
        raise OSError("the disk is gone")

    monkeypatch.setattr("recurra.conclusion.write_predictions", explode)
    with pytest.raises(OSError, match="disk"):
        recurra.train([*TINY, "logger=wandb", "hydra.run.dir=broken", "trainer.max_steps=1"])
    (file,) = runs("broken")
    assert told(file, "exit")[0].exit_code == 1
    assert summary(file)["status"] == "failed"
    assert wandb.run is None


def test_each_job_of_a_sweep_is_a_run_of_its_own_in_one_group(topics):
    assert status(main, "-m", *SHORT, "seed=1", "model=gru,lstm", "hydra.sweep.dir=outputs/s") == 0
    files = runs("outputs")
    described = [told(file, "run")[0] for file in files]
    assert len({run.run_id for run in described}) == 3
    assert {run.run_group for run in described} == {"outputs-s"}
    assert sorted(run.display_name for run in described) == ["0 model=gru", "1 model=lstm", "sweep outputs-s"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "launcher",
    [
        ["hydra/launcher=processes", "hydra.launcher.n_jobs=2"],
        ["hydra/launcher=slurm", "hydra.launcher.cluster=local", "hydra.launcher.poll=0.2"],
    ],
    ids=["processes", "slurm"],
)
def test_each_job_is_one_run_whatever_starts_it(topics, launcher):
    assert status(main, "-m", *SHORT, *launcher, "seed=0,1", "hydra.sweep.dir=outputs/s") == 0
    files = runs("outputs")
    assert [file.relative_to("outputs/s").parts[0] for file in files] == ["0", "1", "wandb"]  # the sweep's own
    for number, file in enumerate(files[:2]):
        (run,) = {run.display_name for run in told(file, "run")}
        assert run == f"{number} seed={number}"
        assert [end.exit_code for end in told(file, "exit")] == [0]
        assert summary(file)["status"] == "finished"
        assert Path(f"outputs/s/{number}/wandb-id.txt").read_text() == f"{file.stem[4:]}\n"


def test_the_environment_wins(topics, monkeypatch, tmp_path):
    variables = {
        "PROJECT": "theirs",
        "ENTITY": "them",
        "NAME": "their run",
        "RUN_GROUP": "their group",
        "JOB_TYPE": "theirs as well",
        "TAGS": "one,two",
        "NOTES": "what they note",
        "DIR": str(tmp_path / "elsewhere"),
        "RUN_ID": "th31r5",
    }
    (tmp_path / "elsewhere").mkdir()
    for name, value in variables.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    ours = ["logger.wandb.project=ours", "logger.wandb.entity=us", "logger.wandb.notes=ours, really", "tags=[a]"]
    results = recurra.train([*SHORT, *ours])
    assert runs(results.folder) == []
    (file,) = runs(tmp_path / "elsewhere")
    run = told(file, "run")[0]
    assert (run.project, run.entity, run.display_name) == ("theirs", "them", "their run")
    assert (run.run_group, run.job_type, run.notes) == ("their group", "theirs as well", "what they note")
    assert (run.run_id, list(run.tags)) == ("th31r5", ["one", "two"])


def test_what_is_typed_is_told(topics):
    results = recurra.train(
        [*SHORT, "logger.wandb.project=ours", "logger.wandb.entity=us", "logger.wandb.notes=a, (b)"]
    )
    run = told(*runs(results.folder), "run")[0]
    assert (run.project, run.entity, run.notes, run.job_type) == ("ours", "us", "a, (b)", "train")
    assert run.run_group == ""


def test_disabled_it_costs_nothing(topics, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "disabled")
    monkeypatch.setitem(sys.modules, "wandb", None)  # importing it now fails
    results = recurra.train(SHORT)
    assert results.status == "finished"
    assert not list(Path(results.folder).glob("wandb*"))
    assert Path(results.folder, "metrics.csv").exists()


@pytest.mark.parametrize(("mode", "kind"), [("offline", "offline-run"), ("online", "run")])
def test_wandb_mode_decides(topics, monkeypatch, mode, kind):
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
        monkeypatch.setenv("WANDB_MODE", mode)
        results = recurra.train(SHORT)
        wandb.teardown()
    assert runs(results.folder)[0].parent.name.startswith(f"{kind}-")
    assert len(server.runs) == (mode == "online")


def test_wandb_resume_decides(topics, monkeypatch, capsys):
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    monkeypatch.setenv("WANDB_RUN_ID", "n3w")
    monkeypatch.setenv("WANDB_RESUME", "must")  # and there is no such run
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        recurra.train(SHORT)
        wandb.teardown()
    assert "n3w" in capsys.readouterr().out
    assert server.runs == {}


@pytest.mark.slow
def test_commit_and_changes_are_kept(topics, tmp_path, monkeypatch):
    def git(*arguments):
        who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
        return subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    Path("mine.py").write_text("first\n")
    git("add", "mine.py")
    git("commit", "-qm", "first")
    Path("mine.py").write_text("second\n")
    recurra.train([*SHORT, f"hydra.run.dir={tmp_path}/elsewhere"])
    assert status(main, "-m", *SHORT, "seed=0,1") == 0
    files = [*runs(tmp_path / "elsewhere"), *runs("outputs")]
    assert len(files) == 4  # one of them the sweep's own
    for file in files:
        assert told(file, "run")[0].git.commit == git("rev-parse", "HEAD")
        assert "+second" in (file.parent / "files" / "diff.patch").read_text()
    monkeypatch.setenv("WANDB_SAVE_CODE", "false")
    wandb.teardown()
    recurra.train([*SHORT, "hydra.run.dir=without"])
    (file,) = runs("without")
    assert not (file.parent / "files" / "diff.patch").exists()
    monkeypatch.setenv("WANDB_DISABLE_GIT", "true")
    wandb.teardown()
    recurra.train([*SHORT, "hydra.run.dir=neither"])
    assert not told(*runs("neither"), "run")[0].git.commit


def test_a_run_that_never_begins_leaves_none(topics):
    with pytest.raises(ConfigError, match="gpu"):
        recurra.train([*SHORT, "trainer=gpu", "hydra.run.dir=none"])
    assert not list(Path("none").glob("wandb*"))


@pytest.mark.slow
def test_an_agent_of_wandb_s_own_sweeps_runs_the_example(topics, monkeypatch):
    file = Path(__file__).parent.parent.parent / "examples" / "wandb" / "sweep.yaml"
    example = yaml.safe_load(file.read_text(encoding="utf-8"))
    drawn = {name: given.get("value", given.get("max")) for name, given in example["parameters"].items()}
    proposal = {name: value for name, value in drawn.items() if value is not None}
    proposal["model"] = example["parameters"]["model"]["values"][0]
    proposal |= dict(override.split("=") for override in TINY)  # what a person adds of their own
    agent = [Path(sys.executable).parent / "wandb", "agent", "--count", "1", "somebody/theirs/s3k1"]
    with WandbServer() as server:
        server.sweep, server.proposals = example, [proposal]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {"WANDB_BASE_URL": server.url, "WANDB_API_KEY": "a" * 40, "PATH": path}
        done = subprocess.run(agent, env={**os.environ, **settings}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    run = server.runs["r4t7"]
    assert (run["sweep"], run["project"]) == ("s3k1", "theirs")
    config = json.loads(run["config"])
    assert config["choices.model"]["value"] == "lstm"
    assert config["embedding.dropout"]["value"] == 0.6
    assert "val/f1_macro" in server.summaries["r4t7"]
    assert "test/f1_macro" not in server.summaries["r4t7"]
