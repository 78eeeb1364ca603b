"""Problems that are made up, from the command line to a finished model."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from conftest import place_apart, sentences, typed, write_csv
from refusals import refusal
from test_resume import assert_equal_ends, metrics, stop_after

import recurra
from recurra.commands import main as recurra_command
from recurra.commands.train import main as train
from recurra.errors import CheckpointError

SMALL = [
    "data.length=10",
    "data.batches_per_epoch=6",
    "data.batch_size=8",
    "data.validation_rows=20",
    "data.test_rows=10",
    "model=gru",
    "model.hidden_size=8",
    "trainer.max_epochs=2",
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    with place_apart(tmp_path_factory, 60) as place:
        results = recurra.train(["data=adding", *SMALL])
        return place / results.folder, results


@pytest.mark.slow
def test_a_gru_solves_adding_over_30_steps():
    results = recurra.train(
        ["experiment=memory_suite", "data.length=30", "data.batches_per_epoch=50", "trainer.max_epochs=30"]
    )
    assert results.status == "finished"
    assert results.validation["loss"] <= 0.005
    assert results.test["loss"] < 0.01
    assert results.steps == results.epochs * 50 < 1500
    assert f"solved after {results.steps} steps" in Path(results.folder, "train.log").read_text()


def test_a_run_tells_its_figures_and_its_answers(finished):
    folder, results = finished
    assert results.status == "finished"
    assert (results.data, results.task, results.monitor, results.mode) == ("adding", "regression", "loss", "min")
    assert results.steps == 12
    assert results.test.keys() == {"loss", "rmse", "mae", "r2", "rows", "per_class"}
    rows = pq.read_table(folder / "predictions_test.parquet").to_pylist()
    assert [row["row"] for row in rows] == list(range(10))
    assert rows[0].keys() == {"row", "gold", "predicted"}
    off = sum((row["gold"] - row["predicted"]) ** 2 for row in rows) / len(rows)
    assert results.test["loss"] == pytest.approx(off)
    card = torch.load(folder / "checkpoints" / "best.ckpt", weights_only=True)["recurra"]
    assert (card["tokenizer"], card["labels"], card["input_size"]) == (None, [], 2)
    assert "chance: loss 0.1667" in (folder / "train.log").read_text()


def test_debug_overfit_learns_two_batches_by_heart():
    overfit = ["debug=overfit", "trainer.max_epochs=80", "trainer.check_val_every_n_epoch=40", "optimizer.lr=0.03"]
    results = recurra.train(["data=adding", *SMALL, *overfit])
    assert results.steps == 160
    losses = [float(row["train/loss"]) for row in metrics(results.folder) if row["train/loss"]]
    assert losses[-1] < 0.01 < results.validation["loss"]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_evaluate_gives_the_run_s_own_figures(capsys, finished, split):
    folder, results = finished
    code, out, err = typed(
        capsys, recurra_command.main, "evaluate", str(folder / "checkpoints" / "best.ckpt"), "--split", split
    )
    assert (code, err) == (0, "")
    assert f"{split} of adding: {getattr(results, split)['rows']} rows" in out
    assert f"loss {getattr(results, split)['loss']:.4f}" in out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["predict", "CKPT", "any text"], "reads no text"),
        (["predict", "CKPT", "--input", "new.csv"], "reads no text"),
        (["evaluate", "CKPT", "new.csv"], "reads no text"),
        (["generate", "CKPT"], "cannot write"),
    ],
)
def test_a_model_of_numbers_reads_no_text(capsys, own_place, finished, arguments, part):
    (own_place / "new.csv").write_text("text,label\na,1\n")
    path = str(finished[0] / "checkpoints" / "best.ckpt")
    message = refusal(capsys, recurra_command.main, *(path if each == "CKPT" else each for each in arguments))
    assert part in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("data", "score", "counted"),
    [("temporal_order", "accuracy", "10 rows"), ("copy", "accuracy", "300 steps"), ("adding", "r2", "10 rows")],
)
def test_what_comes_next_can_be_typed(capsys, data, score, counted):
    code, out, _ = typed(capsys, train, f"data={data}", *SMALL, "hydra.run.dir=run", "trainer.max_epochs=1")
    assert code == 0
    assert f"test of {data}: {counted}" in out
    assert f"{score} " in out
    assert "recurra predict" not in out
    assert re.search(rf"recurra-train -m data={data} data\.length=10 .*model=rnn,lstm,gru$", out, re.MULTILINE)
    code, again, _ = typed(capsys, recurra_command.main, "evaluate", "run/checkpoints/best.ckpt")
    assert code == 0
    assert again.strip().splitlines()[-1] in out


@pytest.mark.slow
@pytest.mark.parametrize("data", ["adding", "copy"])
@pytest.mark.parametrize("step", [4, 6, 9])
def test_a_resumed_run_ends_like_an_uninterrupted_one(monkeypatch, data, step):
    command = [f"data={data}", *SMALL]
    whole = recurra.train([*command, "hydra.run.dir=whole"])
    with monkeypatch.context() as patch:
        stop_after(patch, step)
        stopped = recurra.train([*command, "hydra.run.dir=stopped"])
    assert (stopped.status, stopped.steps) == ("interrupted", step)
    resumed = recurra.train(["resume=stopped/checkpoints/last.ckpt"])
    assert_equal_ends("whole", "stopped")
    assert (resumed.validation, resumed.test) == (whole.validation, whole.test)
    assert [row["train/loss"] for row in metrics("whole")] == [row["train/loss"] for row in metrics("stopped")]


def test_what_is_solved_is_trained_no_further():
    easy = ["callbacks=solved", "data.solved=0.166", "optimizer.lr=0.05", "scheduler=none", "trainer.max_epochs=50"]
    solved = recurra.train(["data=adding", *SMALL, *easy, "hydra.run.dir=run"])
    losses = [float(row["val/loss"]) for row in metrics("run") if row["val/loss"]]
    assert [loss <= 0.166 for loss in losses] == [False] * (solved.epochs - 1) + [True]
    assert (solved.status, solved.steps) == ("finished", 6 * solved.epochs)
    assert 1 < solved.epochs < 50
    again = recurra.train(["resume=run/checkpoints/last.ckpt"])
    assert (again.status, again.steps, again.test) == ("finished", solved.steps, solved.test)


def test_weights_are_taken_over_to_other_lengths(finished):
    best = finished[0] / "checkpoints" / "best.ckpt"
    longer = recurra.train(["data=adding", *SMALL, "data.length=20", f"init_from={best}", "trainer.max_epochs=1"])
    assert longer.status == "finished"
    assert "10 of 10 weight tensors taken over" in Path(longer.folder, "train.log").read_text()


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        ("data=adding data.length=1", ["data.length=1", "greater than or equal to 2"]),
        ("data=adding data.length=2.5", ["data.length=2.5"]),
        ("data=adding data.lenght=30", ["'lenght'", "Did you mean 'length'?"]),
        ("data=adding data.solved=0", ["data.solved=0"]),
        ("data=adding data.solved=0.2", ["data.solved=0.2", "less than 0.16"]),
        ("data=temporal_order data.length=9", ["data.length=9"]),
        ("data=temporal_order data.solved=0.2", ["data.solved=0.2"]),
        ("data=copy data.length=0", ["data.length=0"]),
        ("data=copy data.solved=1", ["data.solved=1"]),
        ("data=adding data.batches_per_epoch=0", ["data.batches_per_epoch=0"]),
        ("data=adding data.validation_rows=0", ["data.validation_rows=0"]),
        ("data=adding data.train=my.csv", ["'train'"]),
        ("data=adding task=classification", ["data=adding asks for a number", "Use task=regression"]),
        ("data=adding task=language_model", ["data=adding asks for a number", "Use task=regression"]),
        ("data=adding task=cloze", ["data=adding asks for a number", "Use task=regression"]),
        ("data=temporal_order task=regression", ["one of 4 classes of each sequence", "Use task=classification"]),
        ("data=temporal_order task=steps", ["Use task=classification"]),
        ("data=copy task=classification", ["one of 9 classes of each step", "Use task=steps"]),
        ("data=copy task=multilabel", ["Use task=steps"]),
        ("data=adding loss=bce", ["takes bits", "gives values", "Use loss=mse"]),
        ("data=adding embedding=learned", ["this data is numbers", "Use embedding=linear"]),
        ("data=adding embedding=pretrained embedding.vectors=v.txt", ["has no words to look up", "Leave it out"]),
        ("data=adding embedding.vectors=v.txt", ["has no words to look up", "Leave it out"]),
        ("data=adding embedding.size=0", ["embedding.size=0"]),
        ("data=constant embedding=linear", ["this data is tokens", "Use embedding=learned"]),
        ("data=constant embedding.vectors=v.txt", ["has no words to look up", "Leave it out"]),
        ("data=constant data.classes=[0,10]", ["data.classes=[0, 10]", "from 0 to 9"]),
        ("data=constant data.classes=[]", ["data.classes=[]", "one number or more"]),
        ("data=constant task=regression", ["one of 10 classes of each sequence", "Use task=classification"]),
        ("data=constant callbacks=solved", ["does not say what counts as solved"]),
        ("data=csv data.train=topics.csv embedding=linear", ["this data is tokens", "Use embedding=learned"]),
        ("data=csv data.train=topics.csv task=steps", ["task=classification"]),
        ("data=csv data.train=topics.csv task=regression", ["topics.csv:", "label", "expects one number"]),
        ("data=csv data.train=topics.csv loss=mse", ["takes values", "loss=cross_entropy"]),
        ("data=csv data.train=topics.csv callbacks=solved", ["callbacks=solved", "data=adding"]),
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(capsys, topics, overrides, parts):
    Path("v.txt").write_text("the 0.1 0.2\n")
    message = refusal(capsys, train, *overrides.split())
    for part in parts:
        assert part in message


def test_numbers_have_no_vocabulary_to_keep(own_place):
    adding = ["data=adding", "data.length=6", "model.hidden_size=4", "trainer.max_epochs=1", "data.batches_per_epoch=2"]
    made = recurra.train([*adding, "hydra.run.dir=adding"])
    write_csv(own_place / "topics.csv", sentences(60))
    command = ["data=csv", "data.train=topics.csv", "tokenizer=checkpoint", f"init_from={made.best_checkpoint}"]
    with pytest.raises(CheckpointError, match="has no tokenizer"):
        recurra.train(command)
