"""Texts all padded to one length: by the data, in every split, by the predictor, and where a model asks for it."""

import pyarrow.parquet as pq
import pytest
import torch
from conftest import TINY, place_apart
from refusals import refusal
from test_conf import config

import recurra
from recurra import build
from recurra.commands.main import main as answers
from recurra.errors import CheckpointError

LENGTH = 24  # the longest text has 21 words
TEXTS = ["coach", "", "song " * 50, "the market and the bank"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of the original TextRNN; its answers depend on how far a text is padded."""
    with place_apart(tmp_path_factory, 240) as place:
        options = [f"data.max_length={LENGTH}", "data.batch_size=16", "optimizer.lr=0.005", "trainer.max_epochs=40"]
        surely = ["task.dropout=0.2", "callbacks.early_stopping=null"]  # with any of eight seeds
        results = recurra.train([*TINY, "experiment=textrnn_original", *options, *surely])
        return place, results, place / results.folder / "checkpoints" / "best.ckpt"


@pytest.mark.parametrize("fixed", [True, False])
def test_every_split_is_padded_to_it(topics, fixed):
    data = build.datamodule(config(*TINY[:2], "data.max_length=31", f"data.fixed_length={fixed}".lower()))
    data.fit_tokenizer(build.recipe(config()))
    labels, _ = data.classes("labels")
    module = build.module(
        config(), vocabulary_size=9, embedding_size=None, labels=labels, class_counts=[1, 1, 1], card={}
    )
    data.suit(module.task)
    for loader in (data.train_dataloader(), data.val_dataloader(), data.test_dataloader()):
        widths = {batch.inputs.size(1) for batch in loader}
        assert (widths == {31}) is fixed


def test_it_is_learnt_from_and_read_with_in_the_same_way(finished):
    place, results, best = finished
    assert results.validation["accuracy"] > 0.9
    rows = pq.read_table(place / results.folder / "predictions_test.parquet").to_pylist()
    predictor = recurra.Predictor.load(best)
    for row, answer in zip(rows, predictor.predict([row["text"] for row in rows]), strict=True):
        assert answer.probabilities == pytest.approx(row["probabilities"], abs=1e-5)


def test_a_text_is_answered_alone_as_among_others(finished):
    predictor = recurra.Predictor.load(finished[2])
    together = predictor.predict(TEXTS)
    for text, answer in zip(TEXTS, together, strict=True):
        assert predictor.predict([text])[0].probabilities == pytest.approx(answer.probabilities, abs=1e-6)
    assert len({answer.probabilities["sport"] for answer in together}) == len(TEXTS)


@pytest.mark.parametrize("fixed", [False, None], ids=["false", "missing, as before there was one"])
def test_a_checkpoint_that_reads_padding_without_it_is_refused(finished, capsys, own_place, fixed):
    content = torch.load(finished[2], weights_only=True)
    data = content["recurra"]["config"]["data"]
    data.pop("fixed_length")
    data |= {} if fixed is None else {"fixed_length": fixed}
    torch.save(content, "other.ckpt")
    with pytest.raises(CheckpointError, match=r"data\.fixed_length=true"):
        recurra.Predictor.load("other.ckpt")
    assert "reads padding" in refusal(capsys, answers, "predict", "other.ckpt", "coach")


def test_a_checkpoint_of_before_is_read_without(topics):
    results = recurra.train([*TINY, "trainer.max_epochs=1"])
    content = torch.load(results.best_checkpoint, weights_only=True)
    expected = recurra.Predictor.load(results.best_checkpoint).predict(TEXTS)
    for group, key in (("data", "fixed_length"), ("embedding", "learned_padding"), ("loss", "l2"), ("task", "init")):
        del content["recurra"]["config"][group][key]
    torch.save(content, "old.ckpt")
    assert recurra.Predictor.load("old.ckpt").predict(TEXTS) == expected


def test_any_model_takes_it(topics):
    results = recurra.train([*TINY, "data.fixed_length=true", "trainer.max_epochs=8", "optimizer.lr=0.01"])
    assert results.test["accuracy"] > 0.8
