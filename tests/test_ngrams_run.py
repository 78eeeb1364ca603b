"""N-grams beside the tokens, from the command line to a prediction."""

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from conftest import TINY, sentences, write_csv
from refusals import refusal

import recurra
from recurra.checkpoint import read
from recurra.commands.train import main

NGRAMS = [*TINY, "embedding.ngrams=2", "optimizer.lr=0.01"]


def test_a_checkpoint_carries_them(topics, own_place):
    results = recurra.train([*NGRAMS, "trainer.max_epochs=6", "callbacks=ema", "callbacks.averaging.decay=0.5"])
    assert results.test["accuracy"] > 0.9
    weights = read(results.best_checkpoint)["state_dict"]
    rows, size = weights["embedding.ngrams.vectors.weight"].shape
    assert (rows, size) == (len(weights["embedding.ngrams.keys"]), 16)
    assert f"n-grams: {rows - 1} " in Path(results.folder, "train.log").read_text()
    assert weights["embedding.ngrams.vectors.weight"][1:].any(1).all()  # each stands in what was learnt from
    (own_place / "topics.csv").unlink()
    predictor = recurra.Predictor.load(results.best_checkpoint)
    for split in ("validation", "test"):
        rows = pq.read_table(f"{results.folder}/predictions_{split}.parquet").to_pylist()
        answers = predictor.predict([row["text"] for row in rows])
        for row, answer in zip(rows, answers, strict=True):
            assert answer.probabilities == pytest.approx(row["probabilities"], abs=1e-6)


def test_a_restored_model_adds_the_vectors_of_the_pairs_that_it_reads(topics):
    results = recurra.train([*NGRAMS, "embedding.ngram_rows=30", "trainer.max_epochs=1"])
    predictor = recurra.Predictor.load(results.best_checkpoint)
    embedding, names = predictor.module.embedding, predictor.tokenizer.vocabulary
    assert len(embedding.ngrams.ids) == 30
    with open("topics.csv", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    pairs = [" ".join(names[token] for token in pair) for pair in embedding.ngrams.ids.tolist()]
    assert all(sum(pair in text for text in texts) >= 2 for pair in pairs)
    tokens = torch.from_numpy(predictor.tokenizer.encode([pairs[4]])[0]).long().unsqueeze(0)
    expected = embedding.vectors.weight[tokens[0]].clone()
    expected[1] += embedding.ngrams.vectors.weight[5]
    assert torch.equal(embedding(tokens)[0], expected)


def test_init_from_says_how_many_it_takes_over(topics, own_place):
    first = recurra.train([*NGRAMS, "trainer.max_steps=2", "test=false"])
    write_csv(own_place / "other.csv", [(label, "aardvark " + text) for label, text in sentences(120, seed=5)])
    given = [option.replace("topics", "other") for option in NGRAMS]
    second = recurra.train([*given, f"init_from={first.best_checkpoint}", "train=false"])
    told = Path(second.folder, "train.log").read_text()
    taken, listed = map(int, re.search(r"(\d+) of (\d+) n-grams", told).groups())
    assert 100 < taken < listed
    assert "12 of 12 weight tensors" in told


def test_a_hidden_word_is_in_no_n_gram(topics):
    results = recurra.train([*NGRAMS, "task=cloze", "trainer.max_steps=3"])
    predictor = recurra.Predictor.load(results.best_checkpoint)
    ngrams, mask = predictor.module.embedding.ngrams, predictor.module.task.mask_id
    assert ngrams.vocabulary_size == mask + 1
    assert not ngrams.ids.eq(mask).any()
    assert len(predictor.predict(["the ___ was"])[0].words) == 1


def test_what_cannot_have_them_says_so_before_any_data_is_read(capsys, own_place):
    Path("topics.csv").write_text("this,is\nno,data\n")
    told = refusal(capsys, main, *NGRAMS, "task=language_model")
    assert "embedding.ngrams=2" in told
    assert "Give embedding.ngrams=1" in told


def test_problems_that_are_made_up_have_none(capsys, own_place):
    told = refusal(capsys, main, "data=temporal_order", "embedding=learned", "embedding.ngrams=2")
    assert "no text" in told
