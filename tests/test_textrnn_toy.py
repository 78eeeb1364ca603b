"""`experiment=textrnn_toy`: the hundred steps of the original's own test, and the line that it prints of each."""

import re
from pathlib import Path

import pytest
import torch
from conftest import place_apart, typed
from refusals import refusal

import recurra
from recurra.commands.main import main as recurra_command

LINE = re.compile(
    r"batch (\d+)  train/loss (\d+\.\d+)  accuracy (\S+)  gold ([\d ]+)  predicted ([\d ]+)$", re.MULTILINE
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    with place_apart(tmp_path_factory, 60) as place:
        results = recurra.train(["experiment=textrnn_toy"])
        return place / results.folder, results


def test_a_line_is_told_of_each_step(finished):
    folder, results = finished
    lines = LINE.findall((folder / "train.log").read_text())
    assert [int(line[0]) for line in lines] == list(range(1, 101))
    assert {line[3] for line in lines} == {"1 0 1 1 1 2 1 1"}
    for _, _, accuracy, gold, predicted in lines:
        right = sum(one == other for one, other in zip(gold.split(), predicted.split(), strict=True))
        assert float(accuracy) == pytest.approx(right / 8, abs=5e-4)
        assert len(set(predicted.split())) == 1  # all rows are the same zeros
    assert results.steps == 100
    assert lines[-1][4] == "1 1 1 1 1 1 1 1"


def test_the_loss_falls_to_the_entropy_of_the_labels(finished):
    folder, results = finished
    entropy = 0.7356  # -6/8 ln 6/8 - 2 * 1/8 ln 1/8
    losses = [float(line[1]) for line in LINE.findall((folder / "train.log").read_text())]
    assert losses[0] > 2.3  # more than ln 10, by what the weights cost
    assert entropy < results.validation["loss"] < entropy + 0.005
    assert losses[-1] > results.validation["loss"]  # the weights cost still
    assert results.validation["accuracy"] == 0.75


def test_its_parameters_are_those_of_the_original(finished):
    folder, _ = finished
    weights = torch.load(folder / "checkpoints" / "best.ckpt", weights_only=True)["state_dict"]
    assert weights["embedding.vectors.weight"].shape == (10_000, 100)
    assert weights["task.head.projection.weight"].shape == (10, 200)


def test_its_checkpoint_is_scored_and_taken_over_and_reads_no_text(finished, capsys):
    folder, results = finished
    best = str(folder / "checkpoints" / "best.ckpt")
    status, out, _ = typed(capsys, recurra_command, "evaluate", best)
    assert (status, f"loss {results.test['loss']:.4f}" in out) == (0, True)
    assert "reads no text" in refusal(capsys, recurra_command, "predict", best, "zero")
    again = recurra.train(["experiment=textrnn_toy", "train=false", f"init_from={best}"])
    assert again.test["loss"] == results.test["loss"]
    assert "11 of 11 weight tensors taken over" in Path(again.folder, "train.log").read_text()


def test_tokens_without_names_and_with_names_are_not_mixed(topics):
    """Though there are equally many."""
    text = ["data=csv", f"data.train={topics}", "model=textrnn", "trainer.max_epochs=1", "embedding.size=8"]
    named = recurra.train([*text, "hydra.run.dir=named"])
    size = len(recurra.Predictor.load(named.best_checkpoint).tokenizer.vocabulary)
    constant = ["data=constant", f"data.vocabulary_size={size}", "model=textrnn", "trainer.max_epochs=1"]
    constant += ["data.batches_per_epoch=2", "embedding.size=8"]
    nameless = recurra.train([*constant, f"init_from={named.best_checkpoint}", "hydra.run.dir=nameless"])
    recurra.train([*text, f"init_from={nameless.best_checkpoint}", "hydra.run.dir=named_again"])
    for run in ("nameless", "named_again"):
        assert "embedding.vectors.weight" in Path(run, "train.log").read_text().split("; new: ")[1]
    recurra.train([*constant, f"init_from={nameless.best_checkpoint}", "hydra.run.dir=nameless_again"])
    assert "11 of 11 weight tensors taken over" in Path("nameless_again/train.log").read_text()


@pytest.mark.parametrize("data", ["data=csv data.train=topics.csv", "data=temporal_order data.batches_per_epoch=5"])
def test_looking_at_each_step_changes_none(topics, data):
    ends = []
    for callbacks in ("default", "step_lines"):
        command = [*data.split(), "model=gru", "model.hidden_size=8", "trainer.max_epochs=2", "test=false"]
        made = recurra.train([*command, "task.dropout=0.3", f"callbacks={callbacks}"])
        ends.append(torch.load(made.best_checkpoint, weights_only=True)["state_dict"])
    assert ends[0].keys() == ends[1].keys()
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
