"""MLflow runs, as MLflow's own client tells them."""

import os
import signal
from pathlib import Path

import pytest
from conftest import TINY
from mlflow.tracking import MlflowClient
from test_resume import stop_after

import recurra
from recurra.commands.train import main

COMMAND = [*TINY, "logger=mlflow", "hydra.run.dir=run"]


def client_of(file):
    return MlflowClient(f"sqlite:///{Path(file).resolve()}")


def kept(file="run/mlflow.db", experiment="recurra"):
    client = client_of(file)
    return client.search_runs([client.get_experiment_by_name(experiment).experiment_id], order_by=["start_time"])


def test_name_tags_and_parameters(topics):
    recurra.train([*COMMAND, "tags=[first,很好]", "optimizer.lr=0.003", "trainer.max_steps=1"])
    assert "MLFLOW_TRACKING_URI" not in os.environ
    (run,) = kept()
    assert run.info.run_name == "lstm-topics size=16 hidden_size=12 min_frequency=1 batch_size=32 lr=0.003"
    assert run.info.status == "FINISHED"
    assert run.data.tags["status"] == "finished"
    assert {"first", "很好"} <= run.data.tags.keys()
    assert run.data.params["optimizer.lr"] == "0.003"
    assert run.data.params["choices.model"] == "lstm"
    assert run.data.params["command"].startswith("recurra-train data=csv")


@pytest.mark.slow
def test_a_server_of_ones_own_keeps_the_runs_of_a_sweep(topics, monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/ours.db")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "theirs")
    with pytest.raises(SystemExit) as left:
        main(["-m", *TINY, "logger=mlflow", "seed=0,1", "trainer.max_steps=1", "hydra.sweep.dir=outputs/s"])
    assert left.value.code == 0
    found = kept(tmp_path / "ours.db", "theirs")
    assert [run.info.run_name for run in found] == ["0 seed=0", "1 seed=1"]
    assert {run.data.tags["sweep"] for run in found} == {"outputs-s"}
    assert not list(tmp_path.rglob("mlflow.db"))
    assert os.environ["MLFLOW_TRACKING_URI"].endswith("ours.db")


def test_failed(topics, monkeypatch):
    def explode(*given, **options):
        raise OSError("the disk is gone")

    monkeypatch.setattr("recurra.conclusion.write_predictions", explode)
    with pytest.raises(OSError, match="disk"):
        recurra.train([*COMMAND, "trainer.max_steps=1"])
    (run,) = kept()
    assert (run.info.status, run.data.tags["status"]) == ("FAILED", "failed")


def test_interrupted_and_gone_on_with_it_is_one_run(topics, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 8)
        with pytest.raises(SystemExit) as left:
            main(COMMAND)
    assert left.value.code == 128 + signal.SIGTERM
    (run,) = kept()
    assert (run.info.status, run.data.tags["status"]) == ("KILLED", "interrupted")
    recurra.train(["resume=run/checkpoints/last.ckpt", "trainer.log_every_n_steps=3"])
    (again,) = kept()
    assert again.info.run_id == run.info.run_id
    assert (again.info.status, again.data.tags["status"]) == ("FINISHED", "finished")
    history = client_of("run/mlflow.db").get_metric_history(run.info.run_id, "val/loss")
    assert [metric.step for metric in history] == [5, 11, 17]
