"""Several loggers at once, and the same names in all of them."""

import csv
import sys
from pathlib import Path

import pytest
from conftest import TINY
from mlflow.tracking import MlflowClient
from refusals import refusal
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from wandb_file import runs, told

import recurra
from recurra.commands.train import main

pytestmark = pytest.mark.usefixtures("own_wandb")

FOLDER = "hydra.run.dir=run"


def in_csv(folder):
    """(name, step) -> value."""
    with open(f"{folder}/metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(n, int(row["step"])): float(v) for row in rows for n, v in row.items() if n != "step" and v}


def in_wandb(folder):
    found = {}
    for row in told(*runs(folder), "history"):
        # Tables and charts of the end have names of two parts.
        values = {item.nested_key[0]: float(item.value_json) for item in row.item if len(item.nested_key) == 1}
        step = int(values.pop("trainer/global_step"))
        found |= {(name, step): value for name, value in values.items() if not name.startswith("_")}
    return found


def in_tensorboard(folder):
    events = EventAccumulator(f"{folder}/tensorboard").Reload()
    return {(n, event.step): event.value for n in events.Tags()["scalars"] for event in events.Scalars(n)}


def in_mlflow(folder):
    client = MlflowClient(f"sqlite:///{Path(folder).resolve()}/mlflow.db")
    (run,) = client.search_runs([client.get_experiment_by_name("recurra").experiment_id])
    history = [client.get_metric_history(run.info.run_id, name) for name in run.data.metrics]
    return {(metric.key, metric.step): metric.value for each in history for metric in each}


@pytest.mark.slow
def test_all_at_once_have_the_same_names_steps_and_values(topics):
    recurra.train([*TINY, "logger=[wandb,tensorboard,mlflow]", "trainer.log_every_n_steps=2", FOLDER])
    told = in_csv("run")
    assert {"train/loss", "val/loss", "val/f1_macro", "test/accuracy", "epoch"} <= {name for name, _ in told}
    for other in (in_wandb, in_tensorboard, in_mlflow):
        values = other("run")
        assert values.keys() == told.keys(), other
        assert all(value == pytest.approx(told[key], rel=1e-6) for key, value in values.items()), other


@pytest.mark.parametrize(
    ("choice", "files"),
    [
        ("logger=csv", {"metrics.csv"}),
        ("logger=[csv]", {"metrics.csv"}),
        ("logger=tensorboard", {"metrics.csv", "tensorboard"}),
        ("logger=[tensorboard,mlflow]", {"metrics.csv", "tensorboard", "mlflow.db", "mlflow-id.txt"}),
        ("logger=null", set()),
        ("logger=[]", set()),
    ],
)
def test_each_choice_writes_its_own_files(topics, choice, files):
    recurra.train([*TINY, choice, "trainer.max_steps=1", FOLDER])
    every = {"metrics.csv", "tensorboard", "mlflow.db", "mlflow-id.txt", "wandb", "wandb-id.txt"}
    assert {file.name for file in Path("run").iterdir()} & every == files


@pytest.mark.parametrize("choice", ["logger=[wandb,tensorbord]", "logger=tensorbord"])
def test_a_misspelt_one_is_told(topics, capsys, choice):
    assert "Did you mean 'tensorboard'?" in refusal(capsys, main, *TINY, choice)


def test_what_is_not_installed_is_told(topics, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    assert 'pip install "recurra[mlflow]"' in refusal(capsys, main, *TINY, "logger=mlflow")
