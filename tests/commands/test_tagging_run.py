"""A tagger from a CoNLL-style file to its answers, typed as a user would type it."""

import csv
import json
import random
import re
from pathlib import Path

import conftest
import pyarrow.parquet as pq
import pytest
from conftest import place_apart

import recurra
from recurra.commands.main import main

PEOPLE, PLACES, REST = ["ann", "bob", "eve"], ["new york", "rome", "san jose"], ["saw", "left", "in", "and", "the", ","]


def sentence(draw):
    """Names and places among other words: (word, tag) pairs."""
    pairs = []
    for _ in range(draw.randint(3, 9)):
        kind = draw.choice(["P", "L", "O", "O"])
        first, *rest = draw.choice({"P": PEOPLE, "L": PLACES, "O": REST}[kind]).split()
        pairs += [(first, "O" if kind == "O" else f"B-{kind}"), *((word, f"I-{kind}") for word in rest)]
    return pairs


def write_conll(path, count, seed=0):
    draw = random.Random(seed)
    made = {tuple(sentence(draw)) for _ in range(count)}
    text = "".join("".join(f"{word} _ {tag}\n" for word, tag in pairs) + "\n" for pairs in sorted(made))
    Path(path).write_text(f"-DOCSTART- _ O\n\n{text}")
    return made


COMMAND = ["data=conll", "data.train=names.conll", "embedding.size=12", "model.hidden_size=12", "optimizer.lr=0.02"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    with place_apart(tmp_path_factory, 6) as place:
        write_conll("names.conll", 300)
        results = recurra.train([*COMMAND, "trainer.max_epochs=8"])
        return place / results.folder, results


def typed(capsys, finished, verb, *arguments):
    return conftest.typed(capsys, main, verb, str(finished[0] / "checkpoints" / "best.ckpt"), *arguments)


@pytest.mark.parametrize(("typed", "asked"), [([], False), (["auxiliary=neighbours"], True)])
def test_nothing_is_asked_beside_the_tags_unless_it_is_typed(own_place, typed, asked):
    write_conll("names.conll", 60)
    results = recurra.train([*COMMAND, *typed, "trainer.max_epochs=1"])
    assert ("train/auxiliary" in Path(results.folder, "metrics.csv").read_text().splitlines()[0]) == asked


def test_it_learns_what_can_be_learnt(finished):
    folder, results = finished
    assert results.monitor == "f1"
    assert results.test["f1"] > 0.97
    assert results.test["accuracy"] > 0.98
    assert [row["label"] for row in results.test["per_class"]] == ["L", "P"]
    assert (folder / "confusion_matrix.png").exists()


def test_predictions_agree_with_the_scores(finished):
    folder, results = finished
    rows = pq.read_table(folder / "predictions_test.parquet").to_pylist()
    assert [row["row"] for row in rows] == list(range(results.test["rows"]))
    assert all(row["length"] == len(row["text"].split()) == len(row["gold"]) == len(row["predicted"]) for row in rows)
    pairs = [pair for row in rows for pair in zip(row["gold"], row["predicted"], strict=True)]
    assert len(pairs) == results.test["tokens"]
    assert sum(gold == told for gold, told in pairs) / len(pairs) == pytest.approx(results.test["accuracy"])


def test_typed_texts_are_answered_word_by_word(capsys, finished):
    code, out, _ = typed(capsys, finished, "predict", "eve left  New York,", "rome")
    assert code == 0
    first, second = out.strip().split("\n\n")
    assert [line.split("\t")[:2] for line in first.splitlines()][:3] == [["eve", "B-P"], ["left", "O"], ["New", "B-L"]]
    assert re.fullmatch(r"rome\tB-L\t[01]\.\d{3}", second)


def test_files_are_answered_in_their_order(capsys, finished, own_place):
    (own_place / "new.txt").write_text("ann saw rome\n\nbob\n")
    assert typed(capsys, finished, "predict", "--input", "new.txt", "--output", "out.jsonl")[0] == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [(answer["words"], answer["tags"]) for answer in answers] == [
        (["ann", "saw", "rome"], ["B-P", "O", "B-L"]),
        ([], []),
        (["bob"], ["B-P"]),
    ]
    assert all(0.5 < p <= 1 for p in answers[0]["probabilities"])
    typed(capsys, finished, "predict", "--input", "new.txt", "--output", "out.txt")
    assert Path("out.txt").read_text() == "B-P O B-L\n\nB-P\n"
    (own_place / "new.conll").write_text("ann x\nsaw x\n\nrome x\n")
    typed(capsys, finished, "predict", "--input", "new.conll", "--output", "out.csv")
    rows = list(csv.DictReader(Path("out.csv").read_text().splitlines()))
    assert [(row["line"], row["text"], row["label"]) for row in rows] == [
        ("1", "ann saw", "B-P O"),
        ("4", "rome", "B-L"),
    ]


def test_other_files_are_scored(capsys, finished):
    made = write_conll("other.conll", 50, seed=1)
    code, out, err = typed(capsys, finished, "evaluate", "other.conll")
    assert (code, err) == (0, "")
    assert f"{len(made)} rows, {sum(map(len, made))} tokens" in out
    assert float(re.search(r"  f1 (\S+)", out)[1]) > 0.97
    code, own, _ = typed(capsys, finished, "evaluate", "other.conll", "--label", "3", "--text", "1")
    assert own == out


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("ann _ B-Q\n", [], "new.conll:1: label 'B-Q' does not stand in the training data"),
        ("ann _ B-P\nsaw O\n", [], "new.conll:2: 2 columns, expected 3 as in line 1"),
        ("ann _ B-P\n", ["--label", "4"], "cannot stand in column 4 (--label )"),
        ("ann\n", [], "new.conll:1: one column"),
        ("ann _ B-P\n", ["--format", "lines"], "new.conll:1: 3 words and 0 labels"),
        ("", [], "the file is empty"),
    ],
)
def test_files_that_do_not_fit_are_told(capsys, finished, own_place, content, options, message):
    (own_place / "new.conll").write_text(content)
    code, _, err = typed(capsys, finished, "evaluate", "new.conll", *options)
    assert code == 2
    assert err.startswith("error: ")
    assert message in err


def test_a_tokenizer_that_divides_words_is_told_where_a_text_shows_it(capsys, own_place):
    write_conll("names.conll", 60)
    results = recurra.train([*COMMAND, "tokenizer=word", "trainer.max_epochs=1"])
    code, _, err = conftest.typed(capsys, main, "predict", results.best_checkpoint, "it's ann!")
    assert code == 2
    assert "tokenizer=whitespace" in err
