"""W&B runs, as their own files tell them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import wandb
import yaml
from conftest import TINY
from wandb_file import records
from wandb_server import WandbServer

import recurra
from recurra.commands.train import main
from recurra.loggers.wandb_run import wandb_run

pytestmark = pytest.mark.usefixtures("logged_out")


def runs(folder):
    return sorted(Path(folder).rglob("run-*.wandb"))


def told(file, kind):
    return [getattr(record, kind) for record in records(file) if record.WhichOneof("record_type") == kind]


def test_without_a_login_the_run_is_offline_and_says_how_to_sync(topics, capsys):
    results = recurra.train([*TINY, "logger=wandb", "tags=[first,good]"])
    (file,) = runs(results.folder)
    assert "offline-run" in file.parent.name
    said = capsys.readouterr().out
    assert f"wandb sync {os.path.relpath(file.parent)}\n" in said
    (run,) = told(file, "run")[:1]
    assert run.project == "recurra"
    assert run.display_name == "lstm-csv"
    assert list(run.tags) == ["first", "good"]
    (end,) = told(file, "exit")
    assert end.exit_code == 0
    keys = {item.key or ".".join(item.nested_key) for row in told(file, "history") for item in row.item}
    assert {"val/loss", "val/f1_macro", "train/loss", "test/accuracy", "trainer/global_step"} <= keys
    summary = {i.key: json.loads(i.value_json) for row in told(file, "summary") for i in row.update}
    assert summary["status"] == "finished"


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
    assert capsys.readouterr().out.count(f"W&B: {server.url}/somebody/recurra/runs/") == 2
    first, second = server.runs.values()
    assert first["project"] == "recurra"
    assert first["groupName"] == second["groupName"]
    assert first["jobType"] == "train"
    assert first["tags"] == ["很好"]
    assert sorted(json.loads(run["config"])["seed"]["value"] for run in (first, second)) == [0, 1]
    for run in server.runs:
        losses = [row["train/loss"] for row in server.rows[run] if "train/loss" in row]
        assert len(losses) == 3
        assert server.summaries[run]["status"] == "finished"
        assert server.summaries[run]["test/accuracy"] > 0
    assert list(server.exits.values()) == [0, 0]


def test_a_failed_run_is_marked_failed(topics, monkeypatch):
    def explode(*given, **options):
        raise OSError("the disk is gone")

    monkeypatch.setattr("recurra.conclusion.write_predictions", explode)
    with pytest.raises(OSError, match="disk"):
        recurra.train([*TINY, "logger=wandb", "hydra.run.dir=broken", "trainer.max_steps=1"])
    (file,) = runs("broken")
    assert told(file, "exit")[0].exit_code == 1
    assert wandb.run is None


def test_each_job_of_a_sweep_is_a_run_of_its_own_in_one_group(topics):
    with pytest.raises(SystemExit) as left:
        main(["-m", *TINY, "logger=wandb", "seed=0,1", "trainer.max_steps=1"])
    assert left.value.code == 0
    files = runs("outputs")
    assert len(files) == 2
    described = [told(file, "run")[0] for file in files]
    assert len({run.run_id for run in described}) == 2
    assert len({run.run_group for run in described}) == 1
    assert described[0].run_group


def test_the_environment_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("WANDB_PROJECT", "theirs")
    monkeypatch.setenv("WANDB_NAME", "their run")
    monkeypatch.setenv("WANDB_MODE", "disabled")
    made = wandb_run(str(tmp_path), project="ours", name="our run")
    assert made._wandb_init["project"] == "theirs"
    assert made._wandb_init.get("name") is None  # W&B itself reads WANDB_NAME
    assert made._wandb_init["mode"] == "disabled"


def test_logged_in_means_online(monkeypatch, tmp_path):
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    assert wandb_run(str(tmp_path))._wandb_init["mode"] == "online"


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
