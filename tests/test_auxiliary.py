"""What training asks beside the task, from the command line to a finished model."""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import TINY
from refusals import refusal

import recurra
from recurra.checkpoint import read
from recurra.commands.train import main

SHORT = ["trainer.max_steps=2", "trainer.log_every_n_steps=1"]


def columns(folder):
    """Those of metrics.csv."""
    with open(Path(folder, "metrics.csv"), newline="") as file:
        return next(csv.reader(file))


def test_it_is_asked_by_default_and_a_finished_model_is_without_it(topics):
    results = recurra.train([*TINY, "optimizer.lr=0.01", "trainer.max_epochs=5"])
    assert "train/auxiliary" in columns(results.folder)
    weights = read(results.best_checkpoint)["state_dict"]
    assert {name for name in weights if name.startswith("auxiliary.")}
    module = recurra.Predictor.load(results.best_checkpoint).module
    assert module.auxiliary is None
    assert results.parameters == module.size == sum(weight.numel() for weight in module.parameters())
    rows = pq.read_table(f"{results.folder}/predictions_test.parquet").to_pylist()
    answers = recurra.Predictor.load(results.best_checkpoint).predict([row["text"] for row in rows])
    assert [answer.label for answer in answers] == [row["predicted"] for row in rows]


def test_it_may_be_left_out(topics):
    results = recurra.train([*TINY, "auxiliary=none", *SHORT])
    assert "train/loss" in columns(results.folder)
    assert "train/auxiliary" not in columns(results.folder)
    assert not [name for name in read(results.best_checkpoint)["state_dict"] if name.startswith("auxiliary.")]


def test_the_first_weights_are_the_same_with_and_without(topics):
    beside, alone = (
        recurra.train([*TINY, f"auxiliary={option}", "trainer.max_steps=1", "optimizer.lr=1e-12"])
        for option in ("neighbours", "none")
    )
    one, other = (read(results.best_checkpoint)["state_dict"] for results in (beside, alone))
    for name, weight in other.items():
        assert (one[name] - weight).abs().max() < 1e-6, name


@pytest.mark.parametrize("more", [["model=rcnn"], ["model.num_layers=2"], ["model.bidirectional=false"]])
def test_encoders_with_a_direction_are_asked(topics, more):
    results = recurra.train([*TINY, *more, *SHORT])
    assert "train/auxiliary" in columns(results.folder)


def test_an_encoder_without_a_direction_is_not_and_it_is_told(topics):
    plain = [option for option in TINY if not option.startswith("model.")]
    results = recurra.train([*plain, "model=cnn", *SHORT])
    told = Path(results.folder, "train.log").read_text()
    assert "auxiliary: none, since CNN has no direction whose next token could be asked" in told
    assert "train/loss" in columns(results.folder)
    assert "train/auxiliary" not in columns(results.folder)


def test_a_run_begins_with_the_weights_of_another_but_not_with_what_was_asked_beside(topics):
    first = recurra.train([*TINY, "trainer.max_steps=1"])
    second = recurra.train([*TINY, "trainer.max_steps=1", f"init_from={first.best_checkpoint}"])
    told = Path(second.folder, "train.log").read_text()
    (line,) = [line for line in told.splitlines() if "init_from:" in line]
    assert "auxiliary" not in line
    assert "; new:" not in line


@pytest.mark.parametrize("task", ["language_model", "two_way_language_model", "cloze"])
def test_a_task_that_asks_for_tokens_refuses_it(capsys, own_place, task):
    Path("topics.csv").write_text("this,is\nno,data\n")
    told = refusal(capsys, main, *TINY, f"task={task}", "auxiliary=neighbours")
    assert "Give auxiliary=none" in told


def test_data_without_text_refuses_it(capsys, own_place):
    told = refusal(capsys, main, "data=temporal_order", "auxiliary=neighbours")
    assert "no text" in told
    assert "Give auxiliary=none" in told
